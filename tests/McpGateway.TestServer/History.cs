using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>The names of all messages that arrived, in order: <c>initialize</c>, <c>tools/call echo</c>, <c>answer</c>.</summary>
internal sealed class History
{
    private readonly Lock _gate = new();
    private readonly List<string> _messages = [];
    private readonly List<JsonElement> _answers = [];
    private readonly List<JsonElement> _progress = [];
    private int _strayAnswers;

    public void Add(JsonElement message)
    {
        var method = message.Get("method")?.GetString();
        var name = method is "tools/call" ? $"{method} {message.Get("params")?.Get("name")}" : method ?? "answer";
        lock (_gate) _messages.Add(name);
    }

    /// <summary>Records a response as it arrived.</summary>
    public void AddAnswer(JsonElement answer)
    {
        lock (_gate) _answers.Add(answer);
    }

    /// <summary>Records the params of a notifications/progress.</summary>
    public void AddProgress(JsonElement progress)
    {
        lock (_gate) _progress.Add(progress);
    }

    /// <summary>Counts a response without a request.</summary>
    public void AddStrayAnswer() => Interlocked.Increment(ref _strayAnswers);

    public (string[] Messages, int StrayAnswers) Read()
    {
        lock (_gate) return ([.. _messages], _strayAnswers);
    }

    public JsonElement[] ReadAnswers()
    {
        lock (_gate) return [.. _answers];
    }

    public JsonElement[] ReadProgress()
    {
        lock (_gate) return [.. _progress];
    }
}
