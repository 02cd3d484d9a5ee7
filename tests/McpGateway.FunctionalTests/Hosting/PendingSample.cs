using System.Text.Json;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>
/// A call of the tool <c>sample</c> over Streamable HTTP that is in flight for certain: the child has sent its request, and
/// waits.
/// </summary>
internal sealed record PendingSample(string Id, Answer Stream, JsonElement Question) : IDisposable
{
    public static async Task<PendingSample> BeginAsync(StreamableClient client, string? id = null)
    {
        id ??= client.NextId();
        var stream = await client.PostAsync(Rpc.Call(id, "sample", new { prompt = "?" }));
        var question = await stream.NextAsync();
        Assert.Equal("sampling/createMessage", question?.Method());
        return new PendingSample(id, stream, question!.Value);
    }

    /// <summary>
    /// Cancels a call, asks the child for the id that it had there, and tells the one that the next call will have.
    /// </summary>
    public static async Task<long> NextChildIdAsync(StreamableClient client)
    {
        using var call = await BeginAsync(client);
        await call.CancelAsync(client);
        var cancelled = (await client.CallAsync("cancelled")).Structured().Get("cancelled");
        return cancelled[cancelled.GetArrayLength() - 1].Get("requestId").GetInt64() + 2;
    }

    public async Task CancelAsync(StreamableClient client)
    {
        using var accepted = await client.PostAsync(Rpc.Notification("notifications/cancelled", $$"""{"requestId":{{Id}}}"""));
        Assert.Equal(202, accepted.Status);
    }

    public void Dispose() => Stream.Dispose();
}
