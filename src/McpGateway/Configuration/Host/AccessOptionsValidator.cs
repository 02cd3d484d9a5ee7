using Microsoft.Extensions.Options;

namespace McpGateway.Configuration;

/// <summary>Finds what would silently never match: an origin with a path, a host with a port.</summary>
internal sealed class AccessOptionsValidator : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var errors = options.Cors.Origins.SelectMany(OriginErrors)
            .Concat(options.AllowedHosts.SelectMany(HostErrors))
            .ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> OriginErrors(string origin, int index)
    {
        // Browsers send an origin in one form only, and it is compared as text.
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var url) || !IsPlain(url)
            || url.GetLeftPart(UriPartial.Authority) != origin)
        {
            yield return $"Access:Cors:Origins:{index}: write scheme and host in lower case and a port that is not the default, "
                + "such as https://app.example.com";
        }
    }

    private static IEnumerable<string> HostErrors(string host, int index)
    {
        if (Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown || (host.Contains(':') && !host.StartsWith('[')))
            yield return $"Access:AllowedHosts:{index}: write a host name or address without scheme and port; IPv6 in brackets";
    }

    private static bool IsPlain(Uri url) =>
        url.IsAbsoluteUri && url.Scheme is "http" or "https" && url.UserInfo.Length + url.Query.Length + url.Fragment.Length == 0;
}
