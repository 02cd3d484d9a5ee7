using System.Diagnostics.CodeAnalysis;

namespace McpGateway.Configuration.Reading;

/// <summary>The outcome of reading gateway.json: a snapshot, or every error in the file.</summary>
internal sealed record GatewayConfigResult
{
    /// <summary>The snapshot; null when there are errors.</summary>
    public GatewayConfig? Config { get; init; }

    public EquatableList<ConfigFinding> Errors { get; init; } = EquatableList<ConfigFinding>.Empty;

    /// <summary>Problems that do not invalidate the file, such as an unknown key.</summary>
    public EquatableList<ConfigFinding> Warnings { get; init; } = EquatableList<ConfigFinding>.Empty;

    /// <summary>gateway.json itself, each envFile and each <c>${file:}</c>, as they were when they were read.</summary>
    public EquatableList<FileStamp> Files { get; init; } = EquatableList<FileStamp>.Empty;

    [MemberNotNullWhen(true, nameof(Config))]
    public bool IsValid => Config is not null;
}
