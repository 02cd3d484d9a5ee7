using System.Text.Json.Nodes;
using McpGateway.Tests.Backends.Stdio;

namespace McpGateway.Tests.Model;

/// <summary>A child in the crowd: answers when it likes, and on the way speaks and sends requests for its callers.</summary>
internal sealed class CrowdChild(Crowd crowd, FakeChild child, Random random)
{
    private readonly HashSet<long> _ids = [];
    private readonly Dictionary<string, string> _owners = [];
    private readonly List<(long Id, string? Owner, long? Token, bool WantsTask, long Since)> _open = [];
    private readonly List<(string Task, string Owner, long? Token)> _tasks = [];
    private int _last;

    public async Task RunAsync()
    {
        try
        {
            await LiveAsync();
        }
        catch (InvalidOperationException)
        {
            // It was stopped in the middle of a word.
        }
    }

    private async Task LiveAsync()
    {
        while (await ReadAsync() is { } line)
        {
            var message = JsonNode.Parse(line)!;
            if (message["method"] is null)
                TakeAnswer(message, line);
            else if (message["id"] is { } id)
                await TakeRequestAsync((long)id, message, line);
            if (random.Next(400) == 0)
            {
                child.Exit(1);
                return;
            }
        }
    }

    private async Task<string?> ReadAsync()
    {
        try
        {
            return await child.ReadAsync();
        }
        catch (Exception)
        {
            return null; // it was stopped
        }
    }

    private void TakeAnswer(JsonNode answer, string line)
    {
        if (_owners.Remove((string)answer["id"]!, out var owner))
            crowd.Belongs((string?)answer["result"]?["owner"], owner, line);
        else
            crowd.Wrong($"a child got {line}, and had sent no request");
    }

    private async Task TakeRequestAsync(long id, JsonNode request, string line)
    {
        if (!_ids.Add(id) || id is <= 0 or >= 1L << 53)
            crowd.Wrong($"a child got {line}, an id that it knows");
        var (method, parameters) = ((string)request["method"]!, request["params"]);
        var owner = (string?)parameters?["owner"];
        if (method == "initialize")
        {
            await AnswerAsync(id, """{"protocolVersion":"2025-11-25","capabilities":{"logging":{},"tasks":{}}}""");
        }
        else if (owner is null || method != "tools/call")
        {
            await AnswerAsync(id, "{}");
            if (owner is not null && (string?)parameters!["uri"] == "file:///" + owner)
                await NotifyAsync("resources/updated", $$"""{"uri":"file:///{{owner}}/part","owner":"{{owner}}"}""");
        }
        else
        {
            _open.Add((id, owner, (long?)parameters!["_meta"]?["progressToken"],
                parameters["task"] is not null, (long)parameters["sent"]!));
        }

        // Not the last one: what stays open is answered late, or times out.
        while (_open.Count > random.Next(6))
            await WorkAsync();
    }

    private async Task WorkAsync()
    {
        var at = random.Next(_open.Count);
        var (id, owner, token, wantsTask, since) = _open[at];
        switch (random.Next(7))
        {
            case 0 when token is not null:
                await NotifyAsync("progress", $$"""{"progressToken":{{token}},"progress":1,"owner":"{{owner}}"}""");
                return;
            case 1:
                var requestId = $"a{++_last}";
                _owners[requestId] = owner!;
                await child.SayAsync($$$"""{"jsonrpc":"2.0","id":"{{{requestId}}}","method":"sampling/createMessage","params":"""
                    + $$$"""{"owner":"{{{owner}}}","since":{{{since}}} } }""");
                return;
            case 2:
                await NotifyAsync("message", """{"level":"info"}""");
                await NotifyAsync("tools/list_changed", "{}");
                await NotifyAsync("resources/updated", """{"uri":"file:///all"}""");
                return;
            case 3 when _tasks.Count > 0:
                await ReportTaskAsync();
                return;
        }

        _open.RemoveAt(at);
        if (!wantsTask)
        {
            await AnswerAsync(id, $$"""{"owner":"{{owner}}"}""");
            return;
        }

        var task = $"t{id}-{owner}";
        _tasks.Add((task, owner!, token));
        await AnswerAsync(id, $$$"""{"owner":"{{{owner}}}","task":{"taskId":"{{{task}}}"}}""");
    }

    private async Task ReportTaskAsync()
    {
        var (task, owner, token) = _tasks[random.Next(_tasks.Count)];
        if (token is not null)
            await NotifyAsync("progress", $$"""{"progressToken":{{token}},"progress":1,"owner":"{{owner}}"}""");
        await NotifyAsync("tasks/status", $$"""{"taskId":"{{task}}","status":"working","owner":"{{owner}}"}""");
    }

    private Task AnswerAsync(long id, string result) => child.AnswerAsync(id, result);

    private Task NotifyAsync(string what, string parameters) =>
        child.SayAsync($$"""{"jsonrpc":"2.0","method":"notifications/{{what}}","params":{{parameters}} }""");
}
