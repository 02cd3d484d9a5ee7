using System.Text.Json;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>Messages that arrived and were not taken yet.</summary>
internal sealed class Mailbox
{
    private readonly Lock _lock = new();
    private readonly List<JsonElement> _messages = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closed;

    /// <summary>What nobody has taken.</summary>
    public JsonElement[] Rest
    {
        get
        {
            lock (_lock)
                return [.. _messages];
        }
    }

    public void Add(JsonElement message)
    {
        lock (_lock)
            _messages.Add(message);
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    public void Close()
    {
        Volatile.Write(ref _closed, true);
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Takes the first message that is wanted, and waits for it.</summary>
    public async Task<JsonElement> TakeAsync(Func<JsonElement, bool> wanted)
    {
        while (true)
        {
            var (changed, closed) = (Volatile.Read(ref _changed).Task, Volatile.Read(ref _closed));
            lock (_lock)
            {
                if (_messages.FindIndex(message => wanted(message)) is var found and >= 0)
                {
                    var message = _messages[found];
                    _messages.RemoveAt(found);
                    return message;
                }
            }

            Assert.False(closed, "The stream ended without the message.");
            await changed.WaitAsync(TestHttp.Timeout, TestHttp.Token);
        }
    }
}
