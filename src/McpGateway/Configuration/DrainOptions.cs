using System.ComponentModel.DataAnnotations;

namespace McpGateway.Configuration;

/// <summary>Section <c>Drain</c> of appsettings.json: how the gateway stops without interrupting calls.</summary>
internal sealed class DrainOptions
{
    public const string Section = "Drain";

    /// <summary>
    /// How long the gateway keeps serving, except for new sessions, after it is told to stop. In that time the load balancer
    /// notices that it is no longer ready. Null (the default): 5 seconds with replicas, otherwise none.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan? Delay { get; set; }

    /// <summary>
    /// How long, after that, calls in flight may take to finish and children to stop. The last part of it is reserved for the
    /// children. Default 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
