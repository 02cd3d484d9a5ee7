using System.Globalization;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>What the gateway still holds when all its clients have gone.</summary>
/// <param name="State">As seen from inside.</param>
/// <param name="Resident">Bytes of private memory (RssAnon).</param>
/// <param name="Pipes">Pipes open.</param>
internal sealed record Remains(GatewayState State, long Resident, int Pipes)
{
    public static async Task<Remains> OfAsync(GatewayProgram gateway)
    {
        // The last sessions' ends may still be on their way.
        GatewayState state = null!;
        await Eventually.TrueAsync(
            async () => (state = await GatewayProbe.AskAsync(gateway)) is { Sessions: 0, Processes: 0, Queued: 0 },
            "no session is left, no process slot is taken, and nothing waits", TestHttp.Timeout);
        return Of(gateway, state);
    }

    /// <summary>The same in the midst of things.</summary>
    public static async Task<Remains> NowAsync(GatewayProgram gateway) => Of(gateway, await GatewayProbe.AskAsync(gateway));

    private static Remains Of(GatewayProgram gateway, GatewayState state) => new(state, ResidentOf(gateway), gateway.OpenPipes());

    /// <summary>Private memory of the process that serves, in bytes.</summary>
    public static long ResidentOf(GatewayProgram gateway) => 1024 * File.ReadLines($"/proc/{gateway.GatewayId}/status")
        .Where(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
        .Single();

    public override string ToString() =>
        $"{State.Managed / 1024:N0} KiB managed, {Resident / 1024:N0} KiB resident, {Pipes} pipes, "
        + $"{State.Sessions} sessions, {State.Processes} processes, {State.Queued} bytes queued";
}
