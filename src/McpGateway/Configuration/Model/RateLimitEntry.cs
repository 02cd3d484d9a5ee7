using System.ComponentModel;

namespace McpGateway.Configuration.Model;

/// <summary>The key <c>rateLimit</c> of a server.</summary>
internal sealed class RateLimitEntry : FileObject
{
    [FileKey(Minimum = 1, Maximum = 100_000_000)]
    [Description("Messages of one user a minute; a whole minute's may come at once. Default: no limit.")]
    public int? PermitsPerMinute { get; init; }

    [FileKey(Minimum = 1, Maximum = 100_000)]
    [Description("Requests of one user in flight at a time. Default: no limit.")]
    public int? Concurrency { get; init; }

    [FileKey(Minimum = 0, Maximum = 100_000)]
    [Description("Requests of one user that wait when concurrency is reached; what comes beyond is refused. Default 128.")]
    public int? Queue { get; init; }

    [FileKey(Minimum = 1, Maximum = 1_000_000)]
    [Description("Sessions and streams that one user may open a minute. Default: no limit.")]
    public int? OpeningsPerMinute { get; init; }
}
