using McpGateway.Backends.Stdio.Sharing;

namespace McpGateway.Tests.Backends.Stdio.Sharing;

internal static class Seats
{
    /// <summary>A seat for tables that only tell one from another.</summary>
    public static SharedChildSession Any() => new(null!, null!);

    /// <summary>A seat whose session has ended.</summary>
    public static async Task<SharedChildSession> LeftAsync()
    {
        var seat = Any();
        await seat.EndAsync();
        return seat;
    }
}
