using System.Threading.Channels;
using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.Backends.Stdio;

/// <summary>A supervisor's observer that keeps what it is told, and fails when the test wants it to.</summary>
internal sealed class RecordingChildObserver : IChildObserver
{
    private readonly Channel<(JsonRpcError Error, bool IsFinal)> _losses = Channel.CreateUnbounded<(JsonRpcError, bool)>();
    private int _hibernations;
    private int _restores;

    public int Hibernations => Volatile.Read(ref _hibernations);

    public int Restores => Volatile.Read(ref _restores);

    /// <summary>Thrown whenever it is told of a loss or a hibernation.</summary>
    public Exception? Failure { get; init; }

    /// <summary>What ends it when another child needs its slot; null while it is in use.</summary>
    public Func<Task?> End { get; set; } = () => null;

    public async Task<(JsonRpcError Error, bool IsFinal)> LostAsync() =>
        await _losses.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Soon();

    public ValueTask OnMessageAsync(JsonRpcMessage message, ChildConnection child)
    {
        message.Dispose();
        return default;
    }

    public Task RestoreAsync(ChildConnection child)
    {
        Interlocked.Increment(ref _restores);
        return Task.CompletedTask;
    }

    public void OnHibernated()
    {
        Interlocked.Increment(ref _hibernations);
        if (Failure is not null)
            throw Failure;
    }

    public void OnLost(JsonRpcError error, bool isFinal)
    {
        _losses.Writer.TryWrite((error, isFinal));
        if (Failure is not null)
            throw Failure;
    }

    public Task? TryEndIfUnused() => End();
}
