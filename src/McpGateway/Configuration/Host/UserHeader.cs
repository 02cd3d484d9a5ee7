using System.Buffers;

namespace McpGateway.Configuration.Host;

/// <summary>Headers that may become part of a child's environment (<c>Access:UserHeaders</c>).</summary>
internal static class UserHeader
{
    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // What lets a caller in here is for the gateway alone (MCP, "Access Token Privilege Restriction").
    private static readonly string[] OfGateway = ["Authorization", "Proxy-Authorization", "X-API-Key", "Cookie"];

    public static IEnumerable<string> Errors(string name, int index)
    {
        if (OfGateway.Contains(name, StringComparer.OrdinalIgnoreCase))
            yield return $"Access:UserHeaders:{index}: {name} is a caller's credential for the gateway, which no server may get; let clients send another header";
        else if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
            yield return $"Access:UserHeaders:{index}: write a header's name, such as X-GitHub-Token";
    }
}
