namespace McpGateway.Configuration.Model;

/// <summary>What the reader and the JSON schema need to know of a key beyond its name, type and description.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FileKeyAttribute : Attribute
{
    /// <summary>Other names of the key in the files of some clients. A file has one of them.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>The only values the key takes; none: any.</summary>
    public string[] Choices { get; init; } = [];

    /// <summary>The least number the key takes.</summary>
    public int Minimum { get; init; } = int.MinValue;

    /// <summary>The greatest number the key takes.</summary>
    public int Maximum { get; init; } = int.MaxValue;

    /// <summary>The kind of server on which the key has an effect.</summary>
    public ServerKind Only { get; init; }

    /// <summary>A misspelt rule protects nothing, so a near-miss of this key is an error and not a warning.</summary>
    public bool Security { get; init; }
}
