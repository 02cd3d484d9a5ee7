using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace McpGateway.Configuration;

/// <summary>Section <c>Drain</c> of appsettings.json: how the gateway stops without cutting calls.</summary>
public sealed class DrainOptions
{
    public const string Section = "Drain";

    /// <summary>How long calls in flight have to end when the gateway stops. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class DrainOptionsValidator : IValidateOptions<DrainOptions>;
