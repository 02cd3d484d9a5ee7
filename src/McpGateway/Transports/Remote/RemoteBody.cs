using System.Buffers;
using McpGateway.JsonRpc;
using McpGateway.Limits;

namespace McpGateway.Transports.Remote;

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

    /// <summary>Has requests wait for their turn (<c>concurrency</c>).</summary>
    /// <returns>To be disposed of when they are answered; null when too many wait already.</returns>
    public static async Task<Turns?> AwaitTurnAsync(ClientQuota? quota, int requests, CancellationToken leave)
    {
        var turns = new Turns([]);
        try
        {
            for (var i = 0; quota is not null && i < requests; i++)
            {
                if (!quota.TryAdmit(out var admission))
                    return Refuse();
                if (admission is null)
                    break; // nothing counts
                turns.Admissions.Add(admission);
                if (await admission.Outcome.WaitAsync(leave) is not AdmissionOutcome.Admitted)
                    return Refuse();
            }

            return turns;
        }
        catch (OperationCanceledException)
        {
            turns.Dispose();
            throw;
        }

        Turns? Refuse()
        {
            turns.Dispose();
            return null;
        }
    }
}

/// <summary>The permits of requests in flight.</summary>
internal sealed record Turns(List<Admission> Admissions) : IDisposable
{
    public void Dispose() => Admissions.ForEach(admission => admission.Dispose());
}
