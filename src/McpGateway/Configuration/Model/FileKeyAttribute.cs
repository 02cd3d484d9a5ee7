namespace McpGateway.Configuration.Model;

/// <summary>
/// What the reader and the JSON schema need to know about a key, in addition to its name, type and description.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FileKeyAttribute : Attribute
{
    /// <summary>Other names that some clients use for the key. A file may contain only one of them.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>The values that are allowed; empty: any value.</summary>
    public string[] Choices { get; init; } = [];

    // An attribute argument cannot be nullable, so the extreme values mean: no limit.
    /// <summary>The smallest number that is allowed.</summary>
    public int Minimum { get; init; } = int.MinValue;

    /// <summary>The largest number that is allowed.</summary>
    public int Maximum { get; init; } = int.MaxValue;

    /// <summary>The kind of server for which the key has an effect.</summary>
    public ServerKind Only { get; init; }

    /// <summary>
    /// Whether the key protects something. A misspelled rule would not, so a similar unknown key is then an error and not a
    /// warning.
    /// </summary>
    public bool Security { get; init; }
}
