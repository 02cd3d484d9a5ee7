using System.ComponentModel.DataAnnotations;

namespace McpGateway.Configuration;

/// <summary>Section <c>Limits</c> of appsettings.json: limits that keep one client or server from starving the others.</summary>
internal sealed class LimitsOptions
{
    public const string Section = "Limits";

    /// <summary>The largest request body from a client, in bytes; a larger one gets 413. Default 4 MiB.</summary>
    // As in the HTTP+SSE transport of the TypeScript SDK.
    [Range(1, int.MaxValue)]
    public int RequestBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest request line and headers from a client, in bytes; larger ones get 431. Default 32 KiB.</summary>
    // Kestrel's default. Tokens with many groups are long, but rarely longer than this.
    [Range(4096, 1024 * 1024)]
    public int HeaderBytes { get; set; } = 32 * 1024;

    /// <summary>How long a client may take to send the request line and headers; after that, 408. Default 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The minimum rate of a request body after a grace period of five seconds; a slower one gets 408. 0: any rate. Default 240.
    /// </summary>
    // Kestrel's default, against clients that hold connections open by sending slowly (Slowloris).
    [Range(0, int.MaxValue)]
    public int BodyBytesPerSecond { get; set; } = 240;

    /// <summary>The largest single message from a server, in bytes. Default 16 MiB.</summary>
    [Range(1, int.MaxValue)]
    public int MessageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The most bytes queued in the whole gateway; null (the default): a quarter of the memory limit.</summary>
    [Range(1L, long.MaxValue)]
    public long? QueuedBytes { get; set; }

    /// <summary>
    /// Child processes that may be starting at the same time; null (the default): twice the number of processors, at least 4.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int? Starts { get; set; }

    /// <summary>The maximum number of open sessions.</summary>
    [Range(1, int.MaxValue)]
    public int Sessions { get; set; } = 10_000;

    /// <summary>The maximum number of open sessions of one user.</summary>
    [Range(1, int.MaxValue)]
    public int SessionsPerUser { get; set; } = 100;
}
