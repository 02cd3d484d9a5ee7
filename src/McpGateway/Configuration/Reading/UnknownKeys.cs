using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>
/// Clients keep keys of their own in a server's entry, so an unknown one is only odd; but where it may be meant as
/// one of the gateway's rules, going on without the rule would leave open what somebody meant to close.
/// </summary>
internal sealed class UnknownKeys(Findings findings)
{
    private const int NearMiss = 2;

    private static readonly IReadOnlyList<FileKey> Keys = FileKey.Of(typeof(ServerEntry));

    public void Report(string name, JsonPath path)
    {
        var rule = Keys.FirstOrDefault(key => key.Rules.Security && IsNear(name, key.Name));
        if (rule is not null)
            findings.Error(path, $"unknown, but close to {rule.Name}, which protects something; write that, or take it out");
        else if (Suggest(name) is { } suggestion)
            findings.Warn(path, $"unknown key, ignored; did you mean {suggestion}?");
        else
            findings.Warn(path, "unknown key, ignored");
    }

    // One letter in three may differ: with more, short words resemble everything ("dev" is no "env", "port" no "cors").
    private static bool IsNear(string name, string known) =>
        EditDistance.Between(name, known) <= Math.Min(NearMiss, known.Length / 3);

    private static string? Suggest(string name) => Keys
        .SelectMany(key => key.Rules.Aliases.Prepend(key.Name))
        .Where(known => IsNear(name, known))
        .MinBy(known => EditDistance.Between(name, known));
}
