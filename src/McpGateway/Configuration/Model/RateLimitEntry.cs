using System.ComponentModel;

namespace McpGateway.Configuration.Model;

/// <summary>The key <c>rateLimit</c> of a server.</summary>
internal sealed class RateLimitEntry : FileObject
{
    [FileKey(Minimum = 1, Maximum = 100_000_000)]
    [Description("Messages per user and minute. All of a minute's messages may arrive at once. Default: no limit.")]
    public int? PermitsPerMinute { get; init; }

    [FileKey(Minimum = 1, Maximum = 100_000)]
    [Description("Requests per user in flight at the same time. Default: no limit.")]
    public int? Concurrency { get; init; }

    [FileKey(Minimum = 0, Maximum = 100_000)]
    [Description("Requests per user that may wait while concurrency is reached. Further requests are refused. Default: 128.")]
    public int? Queue { get; init; }

    [FileKey(Minimum = 1, Maximum = 1_000_000)]
    [Description("Sessions and streams that one user may open per minute. Default: no limit.")]
    public int? OpeningsPerMinute { get; init; }
}
