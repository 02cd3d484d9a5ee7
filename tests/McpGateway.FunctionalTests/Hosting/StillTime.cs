using McpGateway.Configuration;
using McpGateway.Policies.RateLimits;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>
/// A clock for the limits alone: it stands still until a test moves it, so that what is permitted can be counted.
/// </summary>
internal sealed class StillTime : TimeProvider
{
    private long _now = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks);

    /// <summary>For the <c>adjust</c> of <see cref="TestGateway"/>: limits by this clock, and users by name.</summary>
    public void Add(WebApplicationBuilder builder)
    {
        TestUsers.Add(builder);
        builder.Services.AddSingleton(provider => new ClientLimits(provider.GetRequiredService<IOptions<AccessOptions>>(), this));
    }
}
