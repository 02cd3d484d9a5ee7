using System.Net;

namespace McpGateway.Access;

/// <summary>Refuses to open an unauthenticated gateway to others by accident.</summary>
public static class ListenerCheck
{
    /// <param name="urls">What the gateway is to listen on.</param>
    /// <param name="anonymous">Access:Anonymous.</param>
    /// <returns>Null when it may start, else what to change.</returns>
    public static string? Check(IEnumerable<string> urls, bool? anonymous)
    {
        if (anonymous is true)
            return null;
        if (anonymous is false)
            return "Access:Anonymous is false, and no way to authenticate is configured: nobody could be let in.";
        var open = urls.FirstOrDefault(url => !IsLoopback(url));
        return open is null ? null :
            $"{open} is not a loopback address, and no authentication is configured. Listen on http://127.0.0.1:8000, "
            + "or say that everybody who can reach it may use it: Access:Anonymous = true (environment: Access__Anonymous=true).";
    }

    private static bool IsLoopback(string url)
    {
        // Kestrel's wildcards (http://*:80, http://+:80) are no URIs, and as open as it gets.
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
            return false;
        return uri.Host is "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }
}
