using System.Collections.Concurrent;
using System.Text.Json;
using McpGateway.TestServer.Tools;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>
/// The read loop. A handler runs in the loop until its first await, so a tool reports exactly what had arrived before its call.
/// After that, calls run concurrently.
/// </summary>
internal sealed class Server(Flags flags, string[] args, int? grandchildId) : IDisposable
{
    private readonly Outbox _outbox = new(StandardStreams.OpenOutput());
    private readonly Inbox _inbox = new(StandardStreams.OpenInput());
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _running = new();

    public async Task<int> RunAsync()
    {
        var peer = new Peer(_outbox, _inbox, args, grandchildId);
        var methods = new Methods(flags, peer, new Catalog(flags));
        try
        {
            await foreach (var message in _inbox.ReadAllAsync(CancellationToken.None)) Accept(message, peer, methods);
        }
        catch (BadLineException e)
        {
            await Console.Error.WriteLineAsync($"bad line on stdin: {e.Message}");
            return ExitCodes.BadLine;
        }
        if (flags.IgnoreEof) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Keys);
        return 0;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _outbox.Dispose();
    }

    private void Accept(JsonElement message, Peer peer, Methods methods)
    {
        peer.History.Add(message);
        if (message.Get("method")?.GetString() is not { } method) peer.AcceptAnswer(message);
        else if (message.Get("id") is not { } id) peer.AcceptNotification(method, message.Get("params"));
        else Track(AnswerAsync(method, id, message.Get("params"), methods));
    }

    // RunAsync waits for these before the process exits, so that no response is lost.
    private void Track(Task answer)
    {
        _running[answer] = 0;
        _ = answer.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
    }

    private async Task AnswerAsync(string method, JsonElement id, JsonElement? parameters, Methods methods)
    {
        try
        {
            await AnswerOrRefuseAsync(method, id, parameters, methods);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stdin is closed, so nobody waits for the response.
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"stdout is gone: {e.Message}");
        }
        catch (Exception e)
        {
            // Otherwise a bug in this server would be mistaken for a call that hangs.
            await Console.Error.WriteLineAsync(e.ToString());
            Environment.Exit(ExitCodes.Defect);
        }
    }

    private async Task AnswerOrRefuseAsync(string method, JsonElement id, JsonElement? parameters, Methods methods)
    {
        try
        {
            await methods.AnswerAsync(method, id, parameters, _stop.Token);
        }
        catch (RpcException e)
        {
            await _outbox.ReplyErrorAsync(id, e, _stop.Token);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            // JsonElement throws these when a member has the wrong type.
            await _outbox.ReplyErrorAsync(id, new RpcException(RpcException.InvalidParams, e.Message), _stop.Token);
        }
    }
}
