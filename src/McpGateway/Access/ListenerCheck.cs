using McpGateway.Configuration;

namespace McpGateway.Access;

/// <summary>Prevents a gateway without authentication from being opened to others by accident.</summary>
internal static class ListenerCheck
{
    /// <param name="urls">The URLs that the gateway will listen on.</param>
    /// <param name="access">Section Access; valid.</param>
    /// <returns>Null when the gateway may start, otherwise what to change.</returns>
    public static string? Check(IEnumerable<string> urls, AccessOptions access)
    {
        if (access.Anonymous is true || access.HasCredentials)
            return null;
        if (access.Anonymous is false)
        {
            return "Access:Anonymous is false, but no authentication is configured, so nobody could use the gateway. "
                + "Set Access:Jwt:Issuers or Access:ApiKeys.";
        }

        var open = urls.FirstOrDefault(url => !IsLoopback(url));
        return open is null ? null :
            $"{open} is not a loopback address, and no authentication is configured. Set Access:Jwt:Issuers or Access:ApiKeys "
            + "(environment: Access__ApiKeys__0__Name and Access__ApiKeys__0__Sha256, which `token key NAME` prints), "
            + "or listen on http://127.0.0.1:8000, or allow everybody who can reach it to use it: Access:Anonymous = true "
            + "(environment: Access__Anonymous=true).";
    }

    // Kestrel's wildcards (http://*:80, http://+:80) are not valid URIs. They listen on all addresses, so they are not loopback.
    private static bool IsLoopback(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && SecureUrl.IsLoopback(uri);
}
