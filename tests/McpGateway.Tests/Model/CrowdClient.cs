using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using McpGateway.Sessions;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Sessions;

namespace McpGateway.Tests.Model;

/// <summary>A client in the crowd: opens sessions one after the other, and checks all that it sees.</summary>
internal sealed class CrowdClient(Crowd crowd, Random random)
{
    private const int RoundsOfASession = 40;

    // Longer than the longest backoff.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(2);

    private static readonly SessionOwner[] Owners = [SessionsFixture.Alice, SessionsFixture.Bob];

    private int _results;

    public async Task RunAsync(int rounds)
    {
        for (var done = 0; done < rounds;)
        {
            var before = Volatile.Read(ref _results);
            if (random.Next(4) == 0)
                await Task.WhenAll(Enumerable.Range(0, RoundsOfASession / 4).Select(_ => CallWithoutSessionAsync()));
            else
                await UseSessionAsync();
            // Whoever hurries on while its server waits to start again sees nothing but refusals.
            if (Volatile.Read(ref _results) == before)
                await Task.Delay(RetryInterval, crowd.Time);
            else
                done += RoundsOfASession;
        }
    }

    private async Task UseSessionAsync()
    {
        var owner = Owners[random.Next(Owners.Length)];
        if (crowd.Sessions.TryOpen(SessionKind.Streamable, crowd.Server, owner, out var session) is not null)
            return;
        var self = new Self(crowd.NextName(), session!);
        var capabilities = random.Next(2) == 0 ? "{}" : """{"sampling":{}}""";
        await CallAsync(self, 0, "initialize",
            $$"""{"protocolVersion":"2025-11-25","capabilities":{{capabilities}} }""", Ending.None);
        Send(self, """{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        var working = new List<Task>();
        for (var id = 1; id <= RoundsOfASession; id++)
        {
            working.Add(DoAsync(self, id));
            if (random.Next(3) == 0)
                await working[random.Next(working.Count)];
        }

        if (random.Next(3) > 0)
            await Task.WhenAll(working);
        await session!.EndAsync().Soon();
        await Task.WhenAll([.. working, .. self.Listening]);
    }

    private Task DoAsync(Self self, int id)
    {
        var parameters = $$"""{"owner":"{{self.Name}}","sent":{{crowd.Now}},"_meta":{"progressToken":{{id}} } }""";
        switch (random.Next(12))
        {
            case 0:
                self.Listen(ReadAsync(self, self.Session.OpenStream(), null));
                return Task.CompletedTask;
            case 1 when self.Session.Stream is { } stream:
                self.Session.CloseStream(stream);
                return Task.CompletedTask;
            case 2: // what may have been sent to another
                Send(self, $$$"""{"jsonrpc":"2.0","id":{{{random.Next(1, 200)}}},"result":{"owner":"{{{self.Name}}}"}}""");
                return Task.CompletedTask;
            case 3:
                return CallAsync(self, id, random.Next(3) == 0 ? "resources/unsubscribe" : "resources/subscribe",
                    $$"""{"owner":"{{self.Name}}","uri":"{{(random.Next(2) == 0 ? "file:///all" : "file:///" + self.Name)}}"}""",
                        NextEnding());
            case 4:
                return CallAsync(
                    self, id, "logging/setLevel", $$"""{"level":"{{Reference.Levels[random.Next(8)]}}"}""", NextEnding());
            case 5:
                return CallAsync(self, id, "tools/call", parameters[..^1] + ""","task":{}}""", NextEnding());
            default:
                return CallAsync(self, id, "tools/call", parameters, NextEnding());
        }
    }

    private Ending NextEnding() => random.Next(8) switch { 0 => Ending.Cancel, 1 => Ending.Leave, _ => Ending.None };

    private async Task CallAsync(Self self, int id, string method, string parameters, Ending ending)
    {
        var post = crowd.Post();
        var receipt = self.Session.Receive(
            Json.Message($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}} }"""),
                post, CancellationToken.None);
        if (receipt.Refusal is not null)
        {
            post.Abandon();
            return;
        }

        if (ending is Ending.Cancel)
            Send(self, $$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{id}}}}}""");
        else if (ending is Ending.Leave)
            post.Abandon();
        var answers = await ReadAsync(self, post, id);
        if (answers > 1 || (answers == 0 && ending is Ending.None))
            crowd.Wrong($"{self.Name}'s {method} {id} was answered {answers} times");
    }

    private async Task CallWithoutSessionAsync()
    {
        var (name, owner, post) = (crowd.NextName(), Owners[random.Next(Owners.Length)], crowd.Post());
        var leaves = random.Next(8) == 0;
        var receipt = crowd.Sessionless.Receive(
            crowd.Server, owner,
            Json.Message($$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":"""
                + $$$"""{"owner":"{{{name}}}","sent":{{{crowd.Now}}},"_meta":{"progressToken":1} } }"""), post);
        if (leaves || receipt.Refusal is not null)
        {
            post.Abandon();
            crowd.Sessionless.Cancel(crowd.Server, owner, post);
        }

        var answers = await ReadAsync(new Self(name, null!), post, 1);
        if (answers > 1 || (answers == 0 && !leaves && receipt.Refusal is null))
            crowd.Wrong($"{name}'s call was answered {answers} times");
    }

    // The number of answers with the id.
    private async Task<int> ReadAsync(Self self, ResponseStream stream, int? id)
    {
        var answers = 0;
        while (await SessionsFixture.ReadAsync(stream) is { } text)
        {
            if (text == "keep-alive")
                continue;
            var message = JsonNode.Parse(text)!;
            var content = (message["params"] ?? message["result"]) as JsonObject;
            crowd.Belongs((string?)content?["owner"], self.Name, text, (long?)content?["since"] ?? long.MaxValue);
            if (message["method"] is null)
            {
                answers++;
                crowd.CountAnswer();
                if (message["result"] is not null)
                    Interlocked.Increment(ref _results);
                if ((int?)message["id"] != id)
                    crowd.Wrong($"{self.Name} got {text} on the stream of {id}");
            }
            else if (message["id"] is { } requestId)
            {
                Send(self, $$$"""{"jsonrpc":"2.0","id":{{{requestId.ToJsonString()}}},"result":{"owner":"{{{self.Name}}}"}}""");
            }
        }

        return answers;
    }

    private void Send(Self self, string message) =>
        self.Session.Receive(Json.Message(message), crowd.Post(), CancellationToken.None);

    private enum Ending
    {
        None,
        Cancel,
        Leave,
    }

    private sealed record Self(string Name, Session Session)
    {
        private readonly ConcurrentBag<Task> _listening = [];

        public IEnumerable<Task> Listening => _listening;

        public void Listen(Task listening) => _listening.Add(listening);
    }
}
