using System.Buffers;

namespace McpGateway.Configuration;

/// <summary>The syntax of a scope (RFC 6749, section 3.3). Scopes are written into headers, so nothing else may pass.</summary>
internal static class Scope
{
    /// <summary>How to write one; part of error messages.</summary>
    public const string Advice = "a scope is printable ASCII without spaces, quotes or backslashes, such as files:read";

    private static readonly SearchValues<char> Characters =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x5e).Select(code => (char)code).Except(['"', '\\'])]);

    public static bool IsValid(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Characters);
}
