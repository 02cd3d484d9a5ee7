using McpGateway.Configuration;

namespace McpGateway.Access;

/// <summary>Refuses to open an unauthenticated gateway to others by accident.</summary>
internal static class ListenerCheck
{
    /// <param name="urls">What the gateway is to listen on.</param>
    /// <param name="access">Section Access; valid.</param>
    /// <returns>Null when it may start, else what to change.</returns>
    public static string? Check(IEnumerable<string> urls, AccessOptions access)
    {
        if (access.Anonymous is true || access.HasCredentials)
            return null;
        if (access.Anonymous is false)
        {
            return "Access:Anonymous is false, and no way to authenticate is configured: nobody could be let in. "
                + "Set Access:Jwt:Issuers or Access:ApiKeys.";
        }

        var open = urls.FirstOrDefault(url => !IsLoopback(url));
        return open is null ? null :
            $"{open} is not a loopback address, and no authentication is configured. Set Access:Jwt:Issuers or Access:ApiKeys "
            + "(environment: Access__ApiKeys__0__Name and Access__ApiKeys__0__Sha256, which `token key NAME` prints), "
            + "or listen on http://127.0.0.1:8000, or say that everybody who can reach it may use it: Access:Anonymous = true "
            + "(environment: Access__Anonymous=true).";
    }

    // Kestrel's wildcards (http://*:80, http://+:80) are no URIs, and as open as it gets.
    private static bool IsLoopback(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && SecureUrl.IsLoopback(uri);
}
