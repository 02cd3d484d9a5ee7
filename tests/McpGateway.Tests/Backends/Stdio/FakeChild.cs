using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Tests.Backends.Stdio;

/// <summary>A child whose pipes are in memory and whose part the test plays.</summary>
internal sealed class FakeChild : IChildProcess
{
    // Small, so that a child that does not read is felt at once.
    private readonly Pipe _input = new(
        new PipeOptions(pauseWriterThreshold: 4096, resumeWriterThreshold: 1024, useSynchronizationContext: false));
    private readonly Pipe _output = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly Pipe _error = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly TaskCompletionSource<ChildExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StreamReader _lines;
    private int _stops;

    public FakeChild()
    {
        StandardInput = _input.Writer.AsStream(leaveOpen: true);
        StandardOutput = _output.Reader.AsStream(leaveOpen: true);
        StandardError = _error.Reader.AsStream(leaveOpen: true);
        _lines = new StreamReader(_input.Reader.AsStream(leaveOpen: true), Encoding.UTF8);
    }

    public int Id => 4711;

    public Stream StandardInput { get; init; }

    public Stream StandardOutput { get; }

    public Stream StandardError { get; }

    public Task<ChildExit> Exited => _exited.Task;

    public StopTimes? StoppedWith { get; private set; }

    /// <summary>What it takes; null: nobody knows.</summary>
    public long? Memory { get; set; }

    public long? ReadMemory() => Memory;

    public bool IsDisposed { get; private set; }

    public int Stops => Volatile.Read(ref _stops);

    /// <summary>What its stop waits for.</summary>
    public Task StopEnds { get; init; } = Task.CompletedTask;

    /// <summary>Thrown by its stop.</summary>
    public Exception? StopFailure { get; init; }

    /// <summary>What the gateway writes next.</summary>
    public async Task<string> ReadAsync() =>
        await _lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon() ?? throw new EndOfStreamException();

    /// <summary>Prints bytes on stdout.</summary>
    public async Task PrintAsync(string text) => await _output.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Prints a line on stdout.</summary>
    public Task SayAsync(string json) => PrintAsync(json + "\n");

    public Task AnswerAsync(long id, string result = "{}") => SayAsync($$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result}}}""");

    public Task ComplainAsync(string text) => ComplainAsync(Encoding.UTF8.GetBytes(text));

    public async Task ComplainAsync(byte[] bytes) => await _error.Writer.WriteAsync(bytes);

    public void CloseOutput() => _output.Writer.Complete();

    public void Exit(int? code = 0, int? signal = null)
    {
        _input.Reader.CancelPendingRead();
        _output.Writer.Complete();
        _error.Writer.Complete();
        _exited.TrySetResult(new ChildExit(code, signal));
    }

    /// <summary>It has exited, and something that it started holds its pipes open.</summary>
    public void ExitHoldingPipes(int code = 0) => _exited.TrySetResult(new ChildExit(code, null));

    public async Task StopAsync(StopTimes times)
    {
        Interlocked.Increment(ref _stops);
        StoppedWith = times;
        await StopEnds;
        await _input.Writer.CompleteAsync();
        await _input.Reader.CompleteAsync();
        Exit();
        if (StopFailure is not null)
            throw StopFailure;
    }

    public void Dispose() => IsDisposed = true;
}

/// <summary>Starts <see cref="FakeChild"/>ren and hands them to the test.</summary>
internal sealed class FakeLauncher : IChildLauncher
{
    private readonly Channel<FakeChild> _launched = Channel.CreateUnbounded<FakeChild>();
    private int _count;

    /// <summary>Makes the next child, or throws.</summary>
    public Func<FakeChild> Make { get; set; } = () => new FakeChild();

    public int Count => Volatile.Read(ref _count);

    public Task<FakeChild> NextAsync() => _launched.Reader.ReadAsync(TestContext.Current.CancellationToken).Soon();

    public IChildProcess Launch(LaunchSpec spec)
    {
        Interlocked.Increment(ref _count);
        var child = Make();
        _launched.Writer.TryWrite(child);
        return child;
    }
}
