using System.Security.Cryptography;
using System.Text;
using McpGateway.Configuration;

namespace McpGateway.Sessions;

/// <summary>
/// One user's part of a child's environment (<c>${claim:…}</c>, <c>${header:…}</c>). Two are equal when their values are, which
/// is told by a digest under a key that lives as long as the process: neither it nor a value is ever written anywhere.
/// </summary>
internal sealed class UserEnvironment : IEquatable<UserEnvironment>
{
    // As long as the digest: a longer key adds nothing to HMAC (RFC 2104, section 3).
    private static readonly byte[] DigestKey = RandomNumberGenerator.GetBytes(32);

    private readonly string _digest;

    private UserEnvironment(Dictionary<string, string> variables, HashSet<string> values)
    {
        Variables = variables;
        // Both: a variable may be text around a value, and a child may print either.
        Secrets = [.. values, .. variables.Values];
        _digest = Digest(variables);
    }

    /// <summary>Those variables that differ from user to user.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>What must not be seen in what the child prints.</summary>
    public IReadOnlyList<string> Secrets { get; }

    /// <summary>Fills in what a server's environment wants of its user.</summary>
    /// <param name="target">What is started.</param>
    /// <param name="find">Gives a value; null when this user has none.</param>
    /// <param name="environment">Null when there is nothing to fill in, or there is an error.</param>
    /// <returns>Null, or what is wrong: never with a value in it.</returns>
    public static string? TryFill(
        StdioTarget target, Func<UserValueSource, string, string?> find, out UserEnvironment? environment)
    {
        environment = null;
        if (!target.IsPersonal)
            return null;
        if (UserText.TryFill(target.Environment, find, out var variables, out var values) is { } problem)
            return problem;
        environment = new UserEnvironment(variables, [.. values]);
        return null;
    }

    public bool Equals(UserEnvironment? other) => other is not null && _digest == other._digest;

    public override bool Equals(object? obj) => Equals(obj as UserEnvironment);

    public override int GetHashCode() => _digest.GetHashCode(StringComparison.Ordinal);

    private static string Digest(Dictionary<string, string> variables)
    {
        var text = new StringBuilder();
        // Sorted, since a dictionary promises no order, and equal variables must have equal digests.
        foreach (var (name, value) in variables.OrderBy(variable => variable.Key, StringComparer.Ordinal))
            text.Append(name).Append('\0').Append(value).Append('\0'); // neither can hold a NUL
        return Convert.ToHexString(HMACSHA256.HashData(DigestKey, Encoding.UTF8.GetBytes(text.ToString())));
    }
}
