using System.Text.Json;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>
/// Twenty users with five sessions each on one child a user. Every question of a child carries the mark of the call that it
/// belongs to: no client ever sees another's, however many calls are in flight, cancelled, or left behind. A question that
/// cannot be attributed is refused, and the call ends with that.
/// </summary>
public sealed class UserStressTests(ITestOutputHelper output)
{
    private const int Users = 20;
    private const int Clients = 5;
    private const string Capabilities = """{"sampling":{},"elicitation":{}}""";
    private const string Settled = "notifications/prompts/list_changed";

    // A client leaves in every fourth round.
    private static readonly int Rounds = Stress.Times(8);

    private int _calls;
    private int _delivered;
    private int _refused;
    private int _cancelledWhenAsked;
    private int _cancelledAtOnce;
    private int _refusedBeforeCancellation;
    private int _askedAfterCancellation;
    private int _left;

    private enum Ending
    {
        Answered,
        CancelledWhenAsked,
        CancelledAtOnce,
        Left,
    }

    [Fact]
    public async Task Questions_OfManyCallsAtOnce_ReachOnlyTheirOwnSessions()
    {
        await using var gateway = await OneChild.StartGatewayAsync("user");
        var started = TimeProvider.System.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, Users).Select(number => RunAsync(gateway, $"user{number}")));

        output.WriteLine($"{_calls} calls of {Users} users in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s: "
            + $"{_delivered} questions delivered, {_refused} refused as not attributable; {_cancelledWhenAsked} calls cancelled "
            + $"at the request, {_cancelledAtOnce} at once ({_askedAfterCancellation} got a request all the same, "
            + $"{_refusedBeforeCancellation} refused before), {_left} left behind");
        // Each call led to one request to the client or to one refusal; of those cancelled at once their client does not hear.
        Assert.Equal(_calls - _cancelledAtOnce, _delivered + _refused);
        Assert.True(_delivered >= Users * Clients, "The first round is one call at a time: all of its questions are delivered.");
        Assert.True(_refused > 0, "Calls of several sessions were not in flight at once.");
    }

    private async Task RunAsync(TestGateway gateway, string user)
    {
        var clients = new UserClient[Clients];
        for (var client = 0; client < Clients; client++)
            clients[client] = await UserClient.ConnectAsync(gateway, WireOf(client), user, Capabilities);

        for (var round = 0; round < Rounds; round++)
        {
            if (round % 2 == 0)
                await OneByOneAsync(clients, user, round);
            else
                await AllAtOnceAsync(clients, user, round);
            foreach (var client in clients)
                await AnswerCancelledAsync(client);
            if (round % 4 == 3)
                await LeaveAsync(gateway, clients, user, round);
        }

        await SettleAsync(clients);
        for (var client = 0; client < Clients; client++)
        {
            Assert.Empty(clients[client].Inbox.Rest);
            await clients[client].DisposeAsync();
        }
    }

    private async Task OneByOneAsync(UserClient[] clients, string user, int round)
    {
        for (var client = 0; client < Clients; client++)
        {
            // Nothing of the first round stands in the way of what comes after it.
            var ending = round == 0 ? Ending.Answered : EndingOf(clients[client], client + round);
            var refused = await CallAsync(clients[client], $"{user}/{client}/{round}/0", ending);
            Assert.False(round == 0 && refused, "One call at a time was refused.");
        }
    }

    private async Task AllAtOnceAsync(UserClient[] clients, string user, int round) =>
        await Task.WhenAll(Enumerable.Range(0, 2 * Clients).Select(call =>
        {
            var client = call % Clients;
            return CallAsync(clients[client], $"{user}/{client}/{round}/{call}", EndingOf(clients[client], call + round));
        }));

    // One client leaves while it has a request of the server to answer, if it has one; another connects instead. Over HTTP+SSE
    // what is in
    // flight then goes on for a minute, and little could be attributed meanwhile: so it comes last.
    private async Task LeaveAsync(TestGateway gateway, UserClient[] clients, string user, int round)
    {
        var leaver = round >= Rounds - 4 ? 0 : 1;
        await CallAsync(clients[leaver], $"{user}/{leaver}/{round}/leaves", Ending.Left);
        await clients[leaver].DisposeAsync();
        Assert.DoesNotContain(clients[leaver].Inbox.Rest, message => message.Method() is not null);
        clients[leaver] = await UserClient.ConnectAsync(gateway, WireOf(leaver), user, Capabilities);
    }

    // What the child has said before has arrived everywhere.
    private async Task SettleAsync(UserClient[] clients)
    {
        var id = clients[0].NextId();
        await clients[0].AskAsync(Rpc.Call(id, "notify", new { method = Settled }));
        await clients[0].Inbox.TakeAsync(message => message.IsAnswerTo(id));
        foreach (var client in clients)
        {
            await client.Inbox.TakeAsync(message => message.Method() == Settled);
            await AnswerCancelledAsync(client);
        }
    }

    private async Task<bool> CallAsync(UserClient client, string mark, Ending ending)
    {
        Interlocked.Increment(ref _calls);
        var id = client.NextId();
        await client.AskAsync(MarkedQuestion.Call(id, mark));
        if (ending is Ending.CancelledAtOnce)
        {
            client.Cancelled[id] = mark;
            await client.CancelAsync(id);
            Interlocked.Increment(ref _cancelledAtOnce);
            return false;
        }

        var next = await client.Inbox.TakeAsync(message => message.IsAnswerTo(id) || MarkedQuestion.MarkOf(message) == mark);
        if (next.Method() is null)
        {
            Assert.StartsWith("-32603: ", next.Text(), StringComparison.Ordinal);
            Interlocked.Increment(ref _refused);
            return true;
        }

        Interlocked.Increment(ref _delivered);
        await EndAsync(client, id, next, ending);
        return false;
    }

    private async Task EndAsync(UserClient client, string id, JsonElement question, Ending ending)
    {
        if (ending is Ending.Left)
        {
            Interlocked.Increment(ref _left);
            return;
        }

        if (ending is Ending.CancelledWhenAsked)
        {
            Interlocked.Increment(ref _cancelledWhenAsked);
            await client.CancelAsync(id);
        }

        await client.SendAsync(MarkedQuestion.AnswerTo(question));
        if (ending is Ending.Answered)
        {
            var answer = await client.Inbox.TakeAsync(message => message.IsAnswerTo(id));
            Assert.True(MarkedQuestion.Ended(answer, MarkedQuestion.MarkOf(question)!), answer.GetRawText());
        }
    }

    // A call that was cancelled at once may have been refused before; or its child sent a request all the same, and unanswered
    // it would be in
    // flight for ever. Either happens once.
    private async Task AnswerCancelledAsync(UserClient client)
    {
        foreach (var (id, mark) in client.Cancelled)
        {
            if (!client.Inbox.Rest.Any(IsAbout))
                continue;
            var message = await client.Inbox.TakeAsync(IsAbout);
            client.Cancelled.TryRemove(id, out _);
            if (message.Method() is null)
            {
                Assert.StartsWith("-32603: ", message.Text(), StringComparison.Ordinal);
                Interlocked.Increment(ref _refusedBeforeCancellation);
                continue;
            }

            await client.SendAsync(MarkedQuestion.AnswerTo(message));
            Interlocked.Increment(ref _askedAfterCancellation);

            bool IsAbout(JsonElement message) => message.IsAnswerTo(id) || MarkedQuestion.MarkOf(message) == mark;
        }
    }

    private static Ending EndingOf(UserClient client, int number) => (number % 5) switch
    {
        1 => Ending.CancelledWhenAsked,
        3 when client.InOrder => Ending.CancelledAtOnce,
        _ => Ending.Answered,
    };

    private static Wire WireOf(int client) => client % 2 == 0 ? Wire.Sse : Wire.Streamable;
}
