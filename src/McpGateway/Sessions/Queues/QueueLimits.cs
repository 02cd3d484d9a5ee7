namespace McpGateway.Sessions.Queues;

/// <summary>How much one queue holds. A single message over the bytes is let in when the queue is empty.</summary>
/// <param name="Messages">Above the burst of a chatty server (progress, log lines), far below what memory allows.</param>
/// <param name="Bytes">Two default request bodies: one being written, one waiting.</param>
internal sealed record QueueLimits(int Messages, long Bytes)
{
    public static QueueLimits Default { get; } = new(Messages: 1024, Bytes: 8 * 1024 * 1024);

    /// <summary>
    /// Where nobody waits for room: what a client on a slow line may be behind before it counts as not reading.
    /// </summary>
    public static QueueLimits Wide { get; } = new(Messages: 16 * Default.Messages, Bytes: 8 * Default.Bytes);
}
