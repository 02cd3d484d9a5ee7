using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Replicas;

/// <summary>
/// The header of a hop: who passes a request on, to whom, when and for which client, signed with a key that only replicas
/// have (HMAC with SHA-256). Its fields stand between semicolons, the signature last.
/// </summary>
public sealed class ForwardingSignature(IOptions<ReplicasOptions> options, TimeProvider time)
{
    public const string Header = "McpGateway-Hop";

    private const string Version = "1";
    private const char Separator = ';';

    // Clocks of machines in one cluster differ by less.
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<byte[]> _keys = options.Value.KeysFor("hop");

    /// <returns>The header's value.</returns>
    public string Sign(ForwardedRequest hop)
    {
        var sent = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        string[] fields = [Version, hop.From, hop.To, sent, hop.Scheme, hop.Host, hop.Client?.ToString() ?? string.Empty];
        return string.Join(Separator, [.. fields, Convert.ToBase64String(Mac(_keys[0], fields, hop.Method, hop.Target))]);
    }

    /// <summary>Reads a header.</summary>
    /// <param name="header">Its value.</param>
    /// <param name="method">Of the request that it came with.</param>
    /// <param name="target">Path and query of that request.</param>
    /// <returns>Null when no replica has signed that, or not just now.</returns>
    public ForwardedRequest? Verify(string header, string method, string target)
    {
        if (header.Split(Separator) is not [Version, var from, var to, var sent, var scheme, var host, var client, var signature] all
            || !IsRecent(sent) || !IsSigned(all[..^1], method, target, signature))
            return null;
        return new ForwardedRequest(from, to, method, target, scheme, host, IPAddress.TryParse(client, out var address) ? address : null);
    }

    private bool IsRecent(string sent) =>
        long.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
        && Math.Abs(time.GetUtcNow().ToUnixTimeMilliseconds() - milliseconds) <= Validity.TotalMilliseconds;

    private bool IsSigned(string[] fields, string method, string target, string signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!Convert.TryFromBase64String(signature, given, out var count) || count != given.Length)
            return false;
        foreach (var key in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(given, Mac(key, fields, method, target)))
                return true;
        }

        return false;
    }

    // No field holds a line break: they came in a header, or through Kestrel's parser of request lines.
    private static byte[] Mac(byte[] key, string[] fields, string method, string target) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{string.Join(Separator, fields)}\n{method}\n{target}"));
}
