using System.Text;
using McpGateway.Backends.Stdio.Framing;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Backends.Stdio.Framing;

public sealed class MessageWriterTests
{
    [Fact]
    public async Task Run_MessagesThatWait_AreWrittenTogetherALineEach()
    {
        var budget = new QueueBudget(long.MaxValue);
        var queue = new MessageQueue(QueueLimits.Default, budget);
        for (var i = 0; i < 100; i++)
        {
            var message = Json.Message($$"""{"jsonrpc":"2.0","id":"client-{{i}}","method":"x"}""");
            message.ReplaceId(i);
            Assert.Equal(Enqueued.Yes, queue.TryEnqueue(message));
        }

        queue.Close(discard: false);
        using var stream = new CountingStream();
        await MessageWriter.RunAsync(queue, stream).Soon();
        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => $$"""{"jsonrpc":"2.0","id":{{i}},"method":"x"}"""),
            Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n'));
        Assert.InRange(stream.Writes, 1, 5);
        Assert.Equal(0, budget.Queued);
    }

    [Fact]
    public async Task Run_OneMessage_IsNotHeldBack()
    {
        var queue = new MessageQueue(QueueLimits.Default, new QueueBudget(long.MaxValue));
        var child = new FakeChild();
        var running = MessageWriter.RunAsync(queue, child.StandardInput);
        queue.TryEnqueue(Json.Request(1));
        Assert.Contains("\"id\":1", await child.ReadAsync(), StringComparison.Ordinal);
        queue.TryEnqueue(Json.Request(2));
        Assert.Contains("\"id\":2", await child.ReadAsync(), StringComparison.Ordinal);
        queue.Close(discard: true);
        await running.Soon();
    }

    private sealed class CountingStream : MemoryStream
    {
        public int Writes { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes++;
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
