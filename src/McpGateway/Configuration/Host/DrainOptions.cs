using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace McpGateway.Configuration;

/// <summary>Section <c>Drain</c> of appsettings.json: how the gateway stops without cutting calls.</summary>
public sealed class DrainOptions
{
    public const string Section = "Drain";

    /// <summary>How long it still takes new work, so that load balancers notice. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long calls in flight then have to end. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class DrainOptionsValidator : IValidateOptions<DrainOptions>;
