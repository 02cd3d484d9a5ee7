using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace McpGateway.Configuration.Host;

/// <summary>Rejects settings with which sessions could not be found, or with which others could sign for a replica.</summary>
internal sealed class ReplicasOptionsValidator : IValidateOptions<ReplicasOptions>
{
    // Each replica becomes a destination in YARP, so a typing error must not create millions of them.
    private const int MostReplicas = 1000;
    private const string UrlAdvice = "write the replica's base URL without a path, such as http://10.0.0.7:8000";

    public ValidateOptionsResult Validate(string? name, ReplicasOptions options)
    {
        // Keys are checked in any case: without other replicas, they still seal the session ids of remote servers.
        var errors = KeyErrors(options).Concat(options.IsConfigured ? Errors(options) : SingleReplicaErrors(options)).ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Errors(ReplicasOptions options)
    {
        if (options.Keys.Count == 0)
            yield return "Replicas:Keys: write a secret, the same on all replicas; `openssl rand -base64 32` creates one";
        var isNamed = options.Self is not null && ReplicaName.IsWellFormed(options.Self);
        if (!isNamed)
            yield return $"Replicas:Self: {ReplicaName.Advice}";
        foreach (var error in options.Peers.Count > 0 ? PeerErrors(options) : PatternErrors(options, isNamed))
            yield return error;
    }

    private static IEnumerable<string> SingleReplicaErrors(ReplicasOptions options)
    {
        if (options.Self is not null || options.Address is not null || options.Count is not null)
        {
            yield return "Replicas: the other replicas are missing; set Peers, or NamePattern and Address, or remove Self, "
                + "Address and Count";
        }
    }

    private static IEnumerable<string> PeerErrors(ReplicasOptions options)
    {
        if (options.NamePattern is not null || options.Address is not null || options.Count is not null)
        {
            yield return "Replicas:Peers: NamePattern, Address and Count have no effect together with it; remove one "
                + "or the other";
        }

        if (options.Self is not null && !options.Peers.ContainsKey(options.Self))
            yield return "Replicas:Peers: add Self, with the URL at which the other replicas reach this one";
        foreach (var (peer, url) in options.Peers)
        {
            if (!ReplicaName.IsWellFormed(peer))
                yield return $"Replicas:Peers:{peer}: {ReplicaName.Advice}";
            if (!IsBase(url))
                yield return $"Replicas:Peers:{peer}: {UrlAdvice}";
        }
    }

    private static IEnumerable<string> PatternErrors(ReplicasOptions options, bool isNamed)
    {
        var pattern = TryCompile(options.NamePattern!);
        if (pattern is null)
        {
            yield return "Replicas:NamePattern: write a regular expression without lookarounds and backreferences, such as "
                + "gw-[0-9]+";
        }
        else if (isNamed && !pattern.IsMatch(options.Self!))
        {
            yield return "Replicas:NamePattern: the pattern must match the whole of Self";
        }

        var hasName = options.Address?.Contains(ReplicasOptions.NamePlaceholder, StringComparison.Ordinal) is true;
        if (!hasName || !IsBase(options.AddressOf("x")))
            yield return "Replicas:Address: write a base URL with {name} in its host, such as http://{name}.gw-headless:8000";
        if (options.Count is < 1 or > MostReplicas)
            yield return $"Replicas:Count: write a number from 1 to {MostReplicas}, or null";
        // Names are numbered from 0 after the part of Self before its number, as in a StatefulSet.
        if (options.Count is not null && isNamed && !char.IsAsciiDigit(options.Self![^1]))
            yield return "Replicas:Count: it requires names that end in a number, and Self does not end in one";
    }

    private static IEnumerable<string> KeyErrors(ReplicasOptions options)
    {
        foreach (var (index, key) in options.Keys.Index())
        {
            var bytes = new byte[key.Length];
            if (!Convert.TryFromBase64String(key, bytes, out var count) || count < ReplicasOptions.KeyBytes)
            {
                yield return $"Replicas:Keys:{index}: write at least {ReplicasOptions.KeyBytes} random bytes in base64; "
                    + "`openssl rand -base64 32` creates them";
            }
        }
    }

    private static Regex? TryCompile(string pattern)
    {
        try
        {
            return ReplicaName.Compile(pattern);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    // Without a path, because a forwarded request already has the whole path (PeerForwardingTransforms).
    private static bool IsBase(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        && url is { PathAndQuery: "/", Fragment: "", UserInfo: "" };
}
