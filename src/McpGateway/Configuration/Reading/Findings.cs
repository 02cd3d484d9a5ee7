namespace McpGateway.Configuration;

/// <summary>Collects what is found in one reading, so that it need not stop at the first error.</summary>
internal sealed class Findings
{
    private readonly List<ConfigFinding> _errors = [];
    private readonly List<ConfigFinding> _warnings = [];

    public IReadOnlyList<ConfigFinding> Errors => _errors;

    public IReadOnlyList<ConfigFinding> Warnings => _warnings;

    public void Error(JsonPath path, string message) => _errors.Add(new ConfigFinding(path.Text, message));

    public void Warn(JsonPath path, string message) => _warnings.Add(new ConfigFinding(path.Text, message));

    /// <summary>Whether a value at this path, or inside it, was already found wrong.</summary>
    public bool HasErrorIn(JsonPath path) => _errors.Exists(error => path.Contains(error.Path));
}
