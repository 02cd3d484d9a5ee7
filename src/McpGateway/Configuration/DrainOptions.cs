using System.ComponentModel.DataAnnotations;

namespace McpGateway.Configuration;

/// <summary>Section <c>Drain</c> of appsettings.json: how the gateway stops without cutting calls.</summary>
public sealed class DrainOptions
{
    public const string Section = "Drain";

    /// <summary>
    /// When the gateway is told to stop: how long it goes on as before, but for new sessions, until whatever stands in front
    /// of it has noticed. Null (the default): 5 seconds with replicas, else none.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan? Delay { get; set; }

    /// <summary>
    /// How long calls in flight then have to end, and children to stop, for which the last of it is kept. Default 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
