using System.Collections.Concurrent;
using System.IO.Pipelines;
using McpGateway.Diagnostics;
using McpGateway.JsonRpc;
using McpGateway.Servers.Framing;
using McpGateway.Servers.Launching;

namespace McpGateway.Servers;

/// <summary>
/// One running child and its pipes: gives each request an id of its own, brings the answer to the call that asked, and
/// everything else to the one listener. It owns the process from start to end.
/// </summary>
public sealed partial class ChildConnection : IAsyncDisposable
{
    // A child's last answers may still lie in its pipe when it has exited; a grandchild may hold the pipe open for ever.
    private static readonly TimeSpan DrainAfterExit = TimeSpan.FromSeconds(1);

    private readonly IChildProcess _process;
    private readonly IChildListener _listener;
    private readonly ServerState _server;
    private readonly ChildServices _services;
    private readonly ILogger _log;
    private readonly MessageQueue _toChild;
    private readonly ChildErrorOutput _errorOutput;
    private readonly ConcurrentDictionary<long, PendingCall> _pending = new();
    private readonly Task _running;
    private readonly Lock _stopLock = new();
    private ChildFailure? _failure;
    private Task? _stopping;
    private long _lastId;

    internal ChildConnection(IChildProcess process, IChildListener listener, ServerState server, ChildServices services)
    {
        _process = process;
        _listener = listener;
        _server = server;
        _services = services;
        _log = services.Loggers.CreateLogger($"McpGateway.Servers.{server.Name}");
        _toChild = new MessageQueue(QueueLimits.Default, services.Budget);
        _errorOutput = new ChildErrorOutput(
            new SecretRedactor(server.Stdio), line => Log.ErrorOutput(_log, server.Name, process.Id, line));
        Log.Started(_log, server.Name, process.Id);
        services.Metrics.ChildStarted(server.Name);
        _running = Task.Run(RunAsync);
    }

    public int ProcessId => _process.Id;

    /// <summary>Sends a request under an id of the child's own; waits while the child's queue is full.</summary>
    /// <param name="request">Owned by the connection from here on.</param>
    /// <param name="call">Told of the answer, or of the failure, exactly once, unless it was abandoned before.</param>
    public async ValueTask CallAsync(JsonRpcMessage request, PendingCall call)
    {
        var id = Interlocked.Increment(ref _lastId);
        call.ChildId = id;
        request.ReplaceId(id);
        _pending[id] = call;
        _services.Metrics.CallRelayed(_server.Name);
        switch (await OfferAsync(request, call))
        {
            case Enqueued.Yes when Volatile.Read(ref _failure) is { } late && Forget(call):
                await call.OnFailedAsync(late.ToError()); // the failure came between the two steps above
                break;
            case Enqueued.Full: // it was abandoned while it waited for room
                Forget(call);
                request.Dispose();
                break;
            case Enqueued.Closed:
                request.Dispose();
                if (Forget(call))
                    await call.OnFailedAsync((Volatile.Read(ref _failure) ?? Failure("no longer reads its standard input", null)).ToError());
                break;
        }
    }

    /// <summary>Sends a notification or an answer; waits while the child's queue is full, as long as a request may take.</summary>
    /// <param name="message">Owned by the connection from here on.</param>
    /// <param name="cancellationToken">The message is dropped when it fires first.</param>
    public async ValueTask SendAsync(JsonRpcMessage message, CancellationToken cancellationToken)
    {
        if (_toChild.TryEnqueue(message) is Enqueued.Yes)
            return;
        using var timeout = new CancellationTokenSource(_server.Config.RequestTimeout, _services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            if (!await _toChild.EnqueueAsync(message, either.Token))
                Drop(message, "child-gone");
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            Drop(message, "child-queue-full");
        }
    }

    /// <summary>Sends a message if there is room for it now.</summary>
    /// <param name="message">Owned by the connection from here on.</param>
    public void TrySend(JsonRpcMessage message)
    {
        if (_toChild.TryEnqueue(message) is not Enqueued.Yes)
            Drop(message, "child-queue-full");
    }

    /// <summary>The call no longer waits: an answer that still comes is dropped.</summary>
    /// <returns>Whether it was waiting.</returns>
    public bool Forget(PendingCall call) => _pending.TryRemove(new(call.ChildId, call));

    /// <summary>Ends the child in order and waits until it is gone. Pending calls are failed.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_stopLock)
            _stopping ??= StopAsync();
        return new ValueTask(_stopping);
    }

    private async ValueTask<Enqueued> OfferAsync(JsonRpcMessage request, PendingCall call)
    {
        // Room alone is no reason to send what was cancelled while the child was being started.
        if (call.IsAbandoned)
            return Enqueued.Full;
        var offered = _toChild.TryEnqueue(request);
        if (offered is not Enqueued.Full)
            return offered;
        var abandoned = call.Abandoned;
        try
        {
            return await _toChild.EnqueueAsync(request, abandoned) ? Enqueued.Yes : Enqueued.Closed;
        }
        catch (OperationCanceledException) when (abandoned.IsCancellationRequested)
        {
            return Enqueued.Full;
        }
    }

    private async Task StopAsync()
    {
        Interlocked.CompareExchange(ref _failure, Failure("was stopped", null), null);
        _toChild.Close(discard: true);
        try
        {
            await _process.StopAsync(StopTimes.Default);
            await _running;
        }
        finally
        {
            _process.Dispose();
            _services.Metrics.ChildStopped(_server.Name);
            _server.ReleaseProcess();
        }
    }

    private async Task RunAsync()
    {
        var errorOutput = GuardAsync(_errorOutput.RunAsync(_process));
        var writing = GuardAsync(WriteAsync());
        var reading = GuardAsync(ReadAsync());
        await Task.WhenAny(reading, _process.Exited);
        await SettleAsync(Task.WhenAll(reading, errorOutput, _process.Exited));
        await LoseAsync();
        await SettleAsync(writing);
    }

    private async Task WriteAsync()
    {
        try
        {
            await MessageWriter.RunAsync(_toChild, _process.StandardInput);
        }
        finally
        {
            _toChild.Close(discard: true); // it closed its stdin: whoever waits for room would wait for ever
        }
    }

    private async Task ReadAsync()
    {
        var reader = new ChildReader(this);
        var pipe = PipeReader.Create(_process.StandardOutput, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        await reader.RunAsync(pipe, _services.MaxMessageBytes);
    }

    // What a child's pipes throw when it dies is told by its exit; whatever else happens must end the child, and be seen.
    private async Task GuardAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            Log.PipeClosed(_log, _server.Name, _process.Id, exception.Message);
        }
        catch (Exception exception)
        {
            Log.Broken(_log, exception, _server.Name, _process.Id);
        }
    }

    private async Task SettleAsync(Task everything)
    {
        try
        {
            await everything.WaitAsync(DrainAfterExit, _services.Time);
        }
        catch (TimeoutException)
        {
            Log.PipeHeldOpen(_log, _server.Name, _process.Id);
        }
    }

    private async Task LoseAsync()
    {
        var exit = _process.Exited.IsCompletedSuccessfully ? await _process.Exited : (ChildExit?)null;
        var reason = exit is { } ended ? ended.ToString() : "closed its standard output";
        var failure = Failure(reason, exit);
        var expected = Interlocked.CompareExchange(ref _failure, failure, null) is not null;
        if (expected)
            Log.Stopped(_log, _server.Name, _process.Id, reason);
        else
            Log.Lost(_log, _server.Name, _process.Id, reason);
        _toChild.Close(discard: true);
        // Together: each may wait for a client that does not read.
        await Task.WhenAll(_pending.Values.Where(Forget).Select(call => call.OnFailedAsync(_failure!.ToError()).AsTask()));
        if (!expected)
            _listener.OnLost(failure.ToError());
    }

    private ChildFailure Failure(string reason, ChildExit? exit) => new(_server.Name, reason, exit, _errorOutput.LastLines);

    private void Drop(JsonRpcMessage message, string reason)
    {
        message.Dispose();
        _services.Metrics.MessageDropped(_server.Name, reason);
    }
}
