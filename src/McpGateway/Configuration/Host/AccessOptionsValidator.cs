using System.Net;
using Microsoft.Extensions.Options;

namespace McpGateway.Configuration.Host;

/// <summary>Rejects settings that would silently never match, or would give access to more callers than intended.</summary>
internal sealed class AccessOptionsValidator : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        // All errors at once, so that whoever corrects the settings need not start again for each.
        var errors = options.Cors.Origins.SelectMany(OriginErrors)
            .Concat(options.AllowedHosts.SelectMany(HostErrors))
            .Concat(options.ForwardedHeaders.KnownNetworks.SelectMany(NetworkErrors))
            .Concat(options.UserHeaders.SelectMany(UserHeader.Errors))
            .Concat(PublicUrlErrors(options.PublicUrl))
            .Concat(AnonymousErrors(options))
            .Concat(AnyOriginErrors(options))
            .Concat(JwtOptionsValidator.Errors(options))
            .Concat(options.RateLimit.Errors())
            .Concat(options.Https.Errors(options.PublicUrl))
            .Concat(ApiKeyOptionsValidator.Errors(options.ApiKeys))
            .ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> AnonymousErrors(AccessOptions options)
    {
        if (options is { Anonymous: true, HasCredentials: true })
        {
            yield return "Access:Anonymous is true, so Access:Jwt:Issuers and Access:ApiKeys would have no effect; "
                + "remove one or the other";
        }
    }

    // Otherwise any web page that is opened in a browser on this machine could call the servers.
    private static IEnumerable<string> AnyOriginErrors(AccessOptions options)
    {
        if (options.Cors.Origins.Contains(Origin.Any) && !options.HasCredentials && options.Anonymous is not false)
        {
            yield return "Access:Cors:Origins: * is allowed only when callers must authenticate; list the origins, or set "
                + "Access:Jwt:Issuers or Access:ApiKeys";
        }
    }

    private static IEnumerable<string> PublicUrlErrors(string? text)
    {
        if (text is not null && (!Uri.TryCreate(text, UriKind.Absolute, out var url) || !IsPlain(url)))
        {
            yield return "Access:PublicUrl: write the gateway's URL as clients see it, without a query, such as "
                + "https://mcp.example.com";
        }
    }

    private static IEnumerable<string> OriginErrors(string origin, int index)
    {
        if (!Origin.IsValid(origin))
            yield return $"Access:Cors:Origins:{index}: {Origin.Advice}";
    }

    // The port of the Host header is ignored, so an entry with a port could never match.
    private static IEnumerable<string> HostErrors(string host, int index)
    {
        if (Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown || (host.Contains(':') && !host.StartsWith('[')))
        {
            yield return $"Access:AllowedHosts:{index}: write a host name or an IP address, without scheme and port; put IPv6 "
                + "addresses in brackets";
        }
    }

    private static IEnumerable<string> NetworkErrors(string network, int index)
    {
        if (!IPNetwork.TryParse(network, out _))
        {
            yield return $"Access:ForwardedHeaders:KnownNetworks:{index}: write a network as its first address and prefix "
                + "length, such as 10.0.0.0/8";
        }
    }

    private static bool IsPlain(Uri url) =>
        url.IsAbsoluteUri && url.Scheme is "http" or "https" && url.UserInfo.Length + url.Query.Length + url.Fragment.Length == 0;
}
