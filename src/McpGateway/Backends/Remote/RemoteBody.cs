using System.Buffers;
using McpGateway.Http;
using McpGateway.JsonRpc;
using McpGateway.Policies.RateLimits;

namespace McpGateway.Backends.Remote;

/// <summary>What a POST becomes before it is sent on.</summary>
internal static class RemoteBody
{
    /// <summary>The messages as they were checked: nothing else of the body passes, and no line break in it.</summary>
    public static byte[] Write(IReadOnlyList<JsonRpcMessage> messages, bool isBatch)
    {
        var body = new ArrayBufferWriter<byte>(messages.Sum(message => message.WrittenLength + 1) + 1);
        for (var i = 0; i < messages.Count; i++)
        {
            if (isBatch)
                body.Write(i == 0 ? "["u8 : ","u8);
            messages[i].WriteTo(body);
        }

        if (isBatch)
            body.Write("]"u8);
        return body.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Has a POST with requests wait for its turn (<c>concurrency</c>). A batch counts as one: with a turn for each of its requests, one
    /// that is larger than the limit would wait for itself.
    /// </summary>
    /// <returns>To be disposed of when it is answered; null when too many wait already, or it has waited too long.</returns>
    public static async Task<Turn?> AwaitTurnAsync(RemoteContext remote, RemoteCall call, PostedMessages posted)
    {
        if (ConcurrencyPermit.TryAcquire(posted.Rights.Quota, posted.Messages, out var admission) is not null)
            return null;
        var turn = new Turn(admission);
        try
        {
            if (admission is null || await admission.Outcome.WaitAsync(call.Server.RequestTimeout, remote.Time, call.Context.RequestAborted)
                is PermitOutcome.Admitted)
                return turn;
        }
        catch (TimeoutException)
        {
            // As if it had been refused at once.
        }
        catch (OperationCanceledException)
        {
            turn.Dispose();
            throw;
        }

        turn.Dispose();
        return null;
    }
}

/// <summary>A permit of those in flight; nothing where none is needed.</summary>
internal sealed record Turn(ConcurrencyPermit? ConcurrencyPermit) : IDisposable
{
    public void Dispose() => ConcurrencyPermit?.Dispose();
}
