using McpGateway.JsonRpc;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Properties.Generators;

namespace McpGateway.Tests.Backends.Stdio;

public sealed class MessageQueueTests
{
    private readonly QueueBudget _budget = new(long.MaxValue);

    [Fact]
    public void TryEnqueue_AtTheLimitOfMessages_IsFull()
    {
        var queue = Queue(messages: 2);
        Assert.Equal(Enqueued.Yes, queue.TryEnqueue(Json.Request(1)));
        Assert.Equal(Enqueued.Yes, queue.TryEnqueue(Json.Request(2)));
        using var third = Json.Request(3);
        Assert.Equal(Enqueued.Full, queue.TryEnqueue(third));
        Assert.True(queue.TryDequeue(out _));
        Assert.Equal(Enqueued.Yes, queue.TryEnqueue(third));
    }

    [Fact]
    public void TryEnqueue_AtTheLimitOfBytes_IsFull()
    {
        var first = Json.Request(1);
        var length = first.WrittenLength;
        var queue = Queue(bytes: (2 * length) - 1);
        Assert.Equal(Enqueued.Yes, queue.TryEnqueue(first));
        Assert.Equal(Enqueued.Full, queue.TryEnqueue(Json.Request(2)));
        Assert.Equal(length, queue.Bytes);
        Assert.Equal(length, _budget.Queued);

        var roomy = Queue(bytes: 2 * length);
        roomy.TryEnqueue(Json.Request(1));
        Assert.Equal(Enqueued.Yes, roomy.TryEnqueue(Json.Request(2)));
    }

    [Fact]
    public void TryEnqueue_OversizedMessage_IsLetInWhenEmptyOnly()
    {
        var queue = Queue(bytes: 1);
        Assert.Equal(Enqueued.Yes, queue.TryEnqueue(Json.Request(1)));
        Assert.Equal(Enqueued.Full, queue.TryEnqueue(Json.Request(2)));
    }

    [Fact]
    public void TryEnqueue_ReplacedId_IsCountedAsItIsWritten()
    {
        var queue = Queue();
        var message = Json.Request(1);
        message.ReplaceId(JsonRpcId.FromString(new string('x', 100)));
        queue.TryEnqueue(message);
        Assert.Equal(message.WrittenLength, _budget.Queued);
        Assert.True(queue.TryDequeue(out _));
        Assert.Equal(0, _budget.Queued);
        Assert.Equal(0, queue.Bytes);
    }

    [Fact]
    public async Task WaitToRead_MessageThere_CompletesAtOnceElseWithTheMessage()
    {
        var queue = Queue();
        var waiting = queue.WaitToReadAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        queue.TryEnqueue(Json.Request(1));
        Assert.True(await waiting.Soon());
        var again = queue.WaitToReadAsync().AsTask();
        Assert.True(again.IsCompleted);
        Assert.True(await again);
    }

    [Fact]
    public async Task Enqueue_Full_WaitsUntilThereIsRoom()
    {
        var queue = Queue(messages: 1);
        queue.TryEnqueue(Json.Request(1));
        var writers = Enumerable.Range(2, 3).Select(
            id => queue.EnqueueAsync(Json.Request(id), CancellationToken.None).AsTask()).ToArray();
        Assert.DoesNotContain(writers, writer => writer.IsCompleted);
        for (var i = 0; i < 4; i++)
        {
            await queue.WaitToReadAsync().Soon();
            Assert.True(queue.TryDequeue(out var message));
            message.Dispose();
        }

        Assert.All(await Task.WhenAll(writers).Soon(), Assert.True);
    }

    [Fact]
    public async Task Enqueue_Cancelled_LeavesTheMessageToTheCaller()
    {
        var queue = Queue(messages: 1);
        queue.TryEnqueue(Json.Request(1));
        using var cancelling = new CancellationTokenSource();
        using var message = Json.Request(2);
        var writer = queue.EnqueueAsync(message, cancelling.Token).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer);
        Assert.NotEqual(0, message.Utf8.Length);
        Assert.True(queue.TryDequeue(out _));
        Assert.False(queue.TryDequeue(out _));
        Assert.Equal(0, _budget.Queued);
    }

    [Fact]
    public async Task TakeBack_MakesRoomAndKeepsTheOrderOfTheRest()
    {
        var queue = Queue(messages: 3);
        var messages = Enumerable.Range(1, 4).Select(id => Json.Request(id)).ToArray();
        Assert.All(messages[..3], message => Assert.Equal(Enqueued.Yes, queue.TryEnqueue(message)));
        var writer = queue.EnqueueAsync(messages[3], CancellationToken.None).AsTask();

        Assert.True(queue.TryTakeBack(messages[1]));
        Assert.False(queue.TryTakeBack(messages[1]));
        Assert.True(await writer.Soon());

        foreach (var expected in (int[])[0, 2, 3])
        {
            Assert.True(queue.TryDequeue(out var next));
            Assert.Same(messages[expected], next);
        }

        Assert.False(queue.TryTakeBack(messages[0]));
        Assert.Equal((0, 0), (queue.Bytes, _budget.Queued));
        Array.ForEach(messages, message => message.Dispose());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Close_Full_ReleasesThoseWhoWaitForRoom(bool discard)
    {
        var queue = Queue(messages: 1);
        queue.TryEnqueue(Json.Request(1));
        using var message = Json.Request(2);
        var writer = queue.EnqueueAsync(message, CancellationToken.None).AsTask();
        queue.Close(discard);
        Assert.False(await writer.Soon());
        Assert.NotEqual(0, message.Utf8.Length);
        Assert.Equal(Enqueued.Closed, queue.TryEnqueue(message));
        Assert.True(queue.IsClosed);
        await queue.WaitForRoomAsync(CancellationToken.None).Soon();
    }

    [Fact]
    public async Task Close_Discarding_DisposesOfWhatWaits()
    {
        var queue = Queue();
        var message = Json.Request(1);
        queue.TryEnqueue(message);
        queue.Close(discard: true);
        Assert.Throws<ObjectDisposedException>(() => message.Utf8.Length);
        Assert.Equal(0, _budget.Queued);
        Assert.False(await queue.WaitToReadAsync().Soon());
    }

    [Fact]
    public async Task Close_NotDiscarding_LetsWhatWaitsBeRead()
    {
        var queue = Queue();
        queue.TryEnqueue(Json.Request(1));
        queue.Close(discard: false);
        Assert.True(await queue.WaitToReadAsync().Soon());
        Assert.True(queue.TryDequeue(out var message));
        message.Dispose();
        Assert.False(await queue.WaitToReadAsync().Soon());
        Assert.Equal(0, _budget.Queued);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Close_ReaderWaits_EndsItsWait(bool discard)
    {
        var queue = Queue();
        var reading = queue.WaitToReadAsync().AsTask();
        queue.Close(discard);
        Assert.False(await reading.Soon());
        queue.Close(discard: true);
    }

    [Fact]
    public async Task Nudge_ReaderWaits_WakesItWithoutAMessage()
    {
        var queue = Queue();
        var reading = queue.WaitToReadAsync().AsTask();
        queue.Wake();
        Assert.True(await reading.Soon());
        Assert.False(queue.TryDequeue(out _));
        Assert.True(queue.TakeWake());
        Assert.False(queue.TakeWake());
        Assert.False(queue.WaitToReadAsync().AsTask().IsCompleted);
    }

    [Fact]
    public async Task Nudge_NobodyWaits_IsKeptForTheNextWait()
    {
        var queue = Queue();
        queue.Wake();
        queue.Wake();
        Assert.True(await queue.WaitToReadAsync().Soon());
        Assert.True(queue.TakeWake());
        Assert.False(queue.WaitToReadAsync().AsTask().IsCompleted);
    }

    [Fact]
    public async Task Nudge_Closed_IsNothing()
    {
        var queue = Queue();
        queue.Close(discard: true);
        queue.Wake();
        Assert.False(queue.TakeWake());
        Assert.False(await queue.WaitToReadAsync().Soon());
    }

    [Fact]
    public async Task Queue_ManyWritersOneReader_KeepsEachWritersOrderAndLosesNothing()
    {
        const int writers = 8;
        const int each = 2000;
        var queue = new MessageQueue(new QueueLimits(Messages: 3, Bytes: 200), _budget);
        using var nudging = new CancellationTokenSource();
        var nudger = Task.Run(async () =>
        {
            while (!nudging.IsCancellationRequested)
            {
                queue.Wake();
                await Task.Yield();
            }
        }, TestContext.Current.CancellationToken);
        var writing = Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
                Assert.True(await queue.EnqueueAsync(Json.Request((writer * each) + i), CancellationToken.None));
        })).ToArray();

        var next = new int[writers];
        for (var left = writers * each; left > 0;)
        {
            Assert.True(await queue.WaitToReadAsync().Soon());
            queue.TakeWake();
            while (queue.TryDequeue(out var message))
            {
                using (message)
                {
                    Assert.True(message.Envelope.Id.TryGetInt64(out var id));
                    Assert.Equal(id % each, next[id / each]++);
                    left--;
                }
            }
        }

        await Task.WhenAll(writing).Soon();
        await nudging.CancelAsync();
        await nudger.Soon();
        Assert.Equal(0, _budget.Queued);
        Assert.Equal(0, queue.Bytes);
    }

    [Fact]
    public async Task Queue_ClosedWhileWrittenAndRead_AccountsForEveryMessage()
    {
        for (var round = 0; round < 300; round++)
        {
            var queue = new MessageQueue(new QueueLimits(Messages: 2, Bytes: 1000), _budget);
            var messages = Enumerable.Range(0, 20).Select(id => Json.Request(id)).ToArray();
            var writers = messages.Select(message => Task.Run(async () =>
            {
                if (!await queue.EnqueueAsync(message, CancellationToken.None))
                    message.Dispose();
            })).ToArray();
            var reader = Task.Run(async () =>
            {
                while (await queue.WaitToReadAsync())
                {
                    queue.TakeWake();
                    while (queue.TryDequeue(out var message))
                        message.Dispose();
                }
            }, TestContext.Current.CancellationToken);
            var closer = Task.Run(() => queue.Close(discard: round % 2 == 0), TestContext.Current.CancellationToken);
            queue.Wake();
            await Task.WhenAll([.. writers, reader, closer]).Soon();
            Assert.Equal(0, _budget.Queued);
            Assert.All(messages, message => Assert.Throws<ObjectDisposedException>(() => message.Utf8.Length));
        }
    }

    private MessageQueue Queue(int messages = 100, long bytes = 100_000) => new(new QueueLimits(messages, bytes), _budget);
}
