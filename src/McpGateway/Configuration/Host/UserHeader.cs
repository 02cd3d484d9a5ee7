using System.Buffers;

namespace McpGateway.Configuration.Host;

/// <summary>Checks the headers that may become part of a child's environment (<c>Access:UserHeaders</c>).</summary>
internal static class UserHeader
{
    // The characters of a token: RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Credentials for the gateway must not be passed on to a server (MCP, Authorization, "Access Token Privilege Restriction").
    private static readonly string[] OfGateway = ["Authorization", "Proxy-Authorization", "X-API-Key", "Cookie"];

    public static IEnumerable<string> Errors(string name, int index)
    {
        if (OfGateway.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"Access:UserHeaders:{index}: {name} carries the caller's credential for the gateway, which must not "
                + "be passed on to a server; use another header";
        }
        else if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            yield return $"Access:UserHeaders:{index}: write the name of a header, such as X-GitHub-Token";
        }
    }
}
