using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Collects what is found in one reading, so that it need not stop at the first error.</summary>
internal sealed class Findings
{
    private readonly List<ConfigFinding> _errors = [];
    private readonly List<ConfigFinding> _warnings = [];
    private readonly List<(string Path, string Value)> _inserted = [];

    public IReadOnlyList<ConfigFinding> Errors => _errors;

    public IReadOnlyList<ConfigFinding> Warnings => _warnings;

    public void Error(JsonPath path, string message) => _errors.Add(new ConfigFinding(path.Text, message));

    public void Warn(JsonPath path, string message) => _warnings.Add(new ConfigFinding(path.Text, message));

    /// <summary>Notes what an expansion put in at this path: it may be a secret.</summary>
    public void Inserted(JsonPath path, string value) => _inserted.Add((path.Text, value));

    /// <summary>What expansions put in at this path, or inside it.</summary>
    public IEnumerable<string> InsertedIn(JsonPath path) =>
        _inserted.Where(inserted => path.Contains(inserted.Path)).Select(inserted => inserted.Value);

    /// <summary>Whether a value at this path, or inside it, was already found wrong.</summary>
    public bool HasErrorIn(JsonPath path) => _errors.Exists(error => path.Contains(error.Path));
}
