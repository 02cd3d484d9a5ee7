using McpGateway.Sessions.Children;

namespace McpGateway.Tests.Sessions.Children;

internal static class Seats
{
    /// <summary>A seat for tables that only tell one from another.</summary>
    public static SharedSeat Any() => new(null!, null!);

    /// <summary>A seat whose session has ended.</summary>
    public static async Task<SharedSeat> LeftAsync()
    {
        var seat = Any();
        await seat.EndAsync();
        return seat;
    }
}
