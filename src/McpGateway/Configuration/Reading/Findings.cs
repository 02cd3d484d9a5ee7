using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Collects errors and warnings, so that one load reports all of them and not only the first.</summary>
internal sealed class Findings
{
    private readonly List<ConfigFinding> _errors = [];
    private readonly List<ConfigFinding> _warnings = [];
    private readonly List<(string Path, string Value)> _inserted = [];

    public IReadOnlyList<ConfigFinding> Errors => _errors;

    public IReadOnlyList<ConfigFinding> Warnings => _warnings;

    public void Error(JsonPath path, string message) => _errors.Add(new ConfigFinding(path.Text, message));

    public void Warn(JsonPath path, string message) => _warnings.Add(new ConfigFinding(path.Text, message));

    /// <summary>Records a text that an expansion inserted at this path. It may be a secret.</summary>
    public void Inserted(JsonPath path, string value) => _inserted.Add((path.Text, value));

    /// <summary>The texts that expansions inserted at this path or inside it.</summary>
    public IEnumerable<string> InsertedIn(JsonPath path) =>
        _inserted.Where(inserted => path.Contains(inserted.Path)).Select(inserted => inserted.Value);

    /// <summary>Whether an error was reported for this path or a value inside it.</summary>
    public bool HasErrorIn(JsonPath path) => _errors.Exists(error => path.Contains(error.Path));
}
