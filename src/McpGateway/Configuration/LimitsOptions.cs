using System.ComponentModel.DataAnnotations;

namespace McpGateway.Configuration;

/// <summary>Section <c>Limits</c> of appsettings.json: what one client or server cannot take from the others.</summary>
public sealed class LimitsOptions
{
    public const string Section = "Limits";

    /// <summary>The largest request body from a client, in bytes; beyond it 413. Default 4 MiB.</summary>
    [Range(1, int.MaxValue)]
    public int RequestBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest request line and headers from a client, in bytes; beyond it 431. Default 32 KiB.</summary>
    [Range(4096, 1024 * 1024)]
    public int HeaderBytes { get; set; } = 32 * 1024;

    /// <summary>How long a client may take to send them; beyond it 408. Default 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How fast a body must come, after five seconds' grace; slower ones get 408. 0: as it likes. Default 240.</summary>
    [Range(0, int.MaxValue)]
    public int BodyBytesPerSecond { get; set; } = 240;

    /// <summary>The largest single message from a server, in bytes. Default 16 MiB.</summary>
    [Range(1, int.MaxValue)]
    public int MessageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>All bytes queued in the gateway; null (the default): a quarter of the memory limit.</summary>
    [Range(1L, long.MaxValue)]
    public long? QueuedBytes { get; set; }

    /// <summary>Child processes being started at a time; null (the default): twice the processors, and at least 4.</summary>
    [Range(1, int.MaxValue)]
    public int? Starts { get; set; }

    /// <summary>Sessions in all.</summary>
    [Range(1, int.MaxValue)]
    public int Sessions { get; set; } = 10_000;

    /// <summary>Sessions of one user.</summary>
    [Range(1, int.MaxValue)]
    public int SessionsPerUser { get; set; } = 100;
}
