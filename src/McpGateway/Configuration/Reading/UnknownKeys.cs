using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>
/// Reports unknown keys of a server. Other clients store keys of their own there, so an unknown key is only a warning. But a key
/// that resembles a security rule is an error: without the rule, something would stay open that was meant to be closed.
/// </summary>
internal sealed class UnknownKeys(Findings findings)
{
    private const int NearMiss = 2;

    private static readonly IReadOnlyList<FileKey> Keys = FileKey.Of(typeof(ServerEntry));

    public void Report(string name, JsonPath path)
    {
        var rule = Keys.FirstOrDefault(key => key.Rules.Security && IsNear(name, key.Name));
        if (rule is not null)
            findings.Error(path, $"is unknown, but resembles the security key {rule.Name}; write {rule.Name}, or remove it");
        else if (Suggest(name) is { } suggestion)
            findings.Warn(path, $"is an unknown key and is ignored; did you mean {suggestion}?");
        else
            findings.Warn(path, "is an unknown key and is ignored");
    }

    // At most one letter in three may differ. With more, short words resemble too much: "dev" is not "env", "port" is not "cors".
    private static bool IsNear(string name, string known) =>
        EditDistance.Between(name, known) <= Math.Min(NearMiss, known.Length / 3);

    private static string? Suggest(string name) => Keys
        .SelectMany(key => key.Rules.Aliases.Prepend(key.Name))
        .Where(known => IsNear(name, known))
        .MinBy(known => EditDistance.Between(name, known));
}
