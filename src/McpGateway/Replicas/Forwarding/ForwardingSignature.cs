using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// The header of a forwarded request: who forwards it, to whom, when and for which client, signed with a key that only
/// replicas have (HMAC-SHA-256). Semicolons separate its fields; the signature is the last.
/// </summary>
internal sealed class ForwardingSignature(IOptions<ReplicasOptions> options, TimeProvider time)
{
    public const string Header = "McpGateway-Forwarded";

    // Replicas of two versions run side by side during an update. A header of another format must not be misread.
    private const string Version = "1";
    private const char Separator = ';';

    // More than the clocks of one cluster differ, and little enough that a captured header is soon worthless.
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<byte[]> _keys = options.Value.KeysFor("forwarding");

    /// <returns>The header's value.</returns>
    public string Sign(ForwardedRequest request)
    {
        var sent = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var client = request.Client?.ToString() ?? string.Empty;
        string[] fields = [Version, request.From, request.To, sent, request.Scheme, request.Host, client];
        return string.Join(Separator, [.. fields, Convert.ToBase64String(Mac(_keys[0], fields, request.Method, request.Target))]);
    }

    /// <summary>Reads a header.</summary>
    /// <param name="header">Its value.</param>
    /// <param name="method">Of the request that it came with.</param>
    /// <param name="target">Path and query of that request.</param>
    /// <returns>Null when no replica has signed this, or not within the last half minute.</returns>
    public ForwardedRequest? Verify(string header, string method, string target)
    {
        var fields = header.Split(Separator);
        if (fields is not [Version, var from, var to, var sent, var scheme, var host, var client, var signature]
            || !IsRecent(sent) || !IsSigned(fields[..^1], method, target, signature))
            return null;
        _ = IPAddress.TryParse(client, out var address);
        return new ForwardedRequest(from, to, method, target, scheme, host, address);
    }

    private bool IsRecent(string sent) =>
        long.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
        && Math.Abs(time.GetUtcNow().ToUnixTimeMilliseconds() - milliseconds) <= Validity.TotalMilliseconds;

    private bool IsSigned(string[] fields, string method, string target, string signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!Convert.TryFromBase64String(signature, given, out var count) || count != given.Length)
            return false;
        // All keys, so that they can be changed on one replica after the other.
        foreach (var key in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(given, Mac(key, fields, method, target)))
                return true;
        }

        return false;
    }

    // The header does not contain method and target: the receiver takes those of the request, so a captured header is of no
    // use for another request. A line break cannot occur in any field: Kestrel has parsed them from headers and request lines.
    private static byte[] Mac(byte[] key, string[] fields, string method, string target) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{string.Join(Separator, fields)}\n{method}\n{target}"));
}
