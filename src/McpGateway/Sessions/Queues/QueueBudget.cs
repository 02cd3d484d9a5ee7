namespace McpGateway.Sessions.Queues;

/// <summary>
/// The bytes that wait in all of the gateway's queues, and how many may. The sum is what one hostile or stuck party can
/// make the gateway hold; each queue has its own, smaller bound.
/// </summary>
internal sealed class QueueBudget(long limit)
{
    // Interlocked and no lock: every message passes here twice, from all threads.
    private long _queued;

    public long Limit { get; } = limit;

    /// <summary>Bytes waiting now.</summary>
    public long Queued => Interlocked.Read(ref _queued);

    /// <summary>Whether new bodies must be refused and the slowest stream cut.</summary>
    public bool IsExceeded => Queued > Limit;

    public void Add(long bytes) => Interlocked.Add(ref _queued, bytes);

    public void Remove(long bytes) => Interlocked.Add(ref _queued, -bytes);

    /// <summary>A quarter of the memory that the process may use (the container's limit, where there is one).</summary>
    public static long DefaultLimit => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
}
