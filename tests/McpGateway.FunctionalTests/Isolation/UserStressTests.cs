using System.Globalization;
using System.Text.Json;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>
/// Twenty users with five sessions each on one child a user. Every question of a child carries the mark of the call that it
/// belongs to: no client ever sees another's, however many calls are in flight, cancelled, or left behind. A question that
/// cannot be attributed is refused, and the call ends with that. ISOLATION_ROUNDS is how often each session calls.
/// </summary>
public sealed class UserStressTests(ITestOutputHelper output)
{
    private const int Users = 20;
    private const int Seats = 5;
    private const string Capabilities = """{"sampling":{},"elicitation":{}}""";
    private const string Settled = "notifications/prompts/list_changed";

    private static readonly int Rounds =
        int.Parse(Environment.GetEnvironmentVariable("ISOLATION_ROUNDS") ?? "12", CultureInfo.InvariantCulture);

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
            + $"when asked, {_cancelledAtOnce} at once ({_askedAfterCancellation} asked all the same, "
            + $"{_refusedBeforeCancellation} refused before), {_left} left behind");
        // Each call was asked about or refused, once; of those cancelled at once their client does not hear.
        Assert.Equal(_calls - _cancelledAtOnce, _delivered + _refused);
        Assert.True(_delivered >= Users * Seats, "The first round is one call at a time: all of its questions are delivered.");
        Assert.True(_refused > 0, "Calls of several sessions were not in flight at once.");
    }

    private async Task RunAsync(TestGateway gateway, string user)
    {
        var seats = new Seat[Seats];
        for (var seat = 0; seat < Seats; seat++)
            seats[seat] = await Seat.TakeAsync(gateway, WireOf(seat), user, Capabilities);

        for (var round = 0; round < Rounds; round++)
        {
            if (round % 2 == 0)
                await OneByOneAsync(seats, user, round);
            else
                await AllAtOnceAsync(seats, user, round);
            foreach (var seat in seats)
                await AnswerCancelledAsync(seat);
            if (round % 4 == 3)
                await LeaveAsync(gateway, seats, user, round);
        }

        await SettleAsync(seats);
        for (var seat = 0; seat < Seats; seat++)
        {
            Assert.Empty(seats[seat].Inbox.Rest);
            await seats[seat].DisposeAsync();
        }
    }

    private async Task OneByOneAsync(Seat[] seats, string user, int round)
    {
        for (var seat = 0; seat < Seats; seat++)
        {
            // Nothing of the first round stands in the way of what comes after it.
            var ending = round == 0 ? Ending.Answered : EndingOf(seats[seat], seat + round);
            var refused = await CallAsync(seats[seat], $"{user}/{seat}/{round}/0", ending);
            Assert.False(round == 0 && refused, "One call at a time was refused.");
        }
    }

    private async Task AllAtOnceAsync(Seat[] seats, string user, int round) =>
        await Task.WhenAll(Enumerable.Range(0, 2 * Seats).Select(call =>
        {
            var seat = call % Seats;
            return CallAsync(seats[seat], $"{user}/{seat}/{round}/{call}", EndingOf(seats[seat], call + round));
        }));

    // The one who leaves does so while it is asked something, if it is; another comes in its place. Over HTTP+SSE what is in
    // flight then goes on for a minute, and little could be attributed meanwhile: so it comes last.
    private async Task LeaveAsync(TestGateway gateway, Seat[] seats, string user, int round)
    {
        var leaver = round >= Rounds - 4 ? 0 : 1;
        await CallAsync(seats[leaver], $"{user}/{leaver}/{round}/leaves", Ending.Left);
        await seats[leaver].DisposeAsync();
        Assert.DoesNotContain(seats[leaver].Inbox.Rest, message => message.Method() is not null);
        seats[leaver] = await Seat.TakeAsync(gateway, WireOf(leaver), user, Capabilities);
    }

    // What the child has said before has arrived everywhere.
    private async Task SettleAsync(Seat[] seats)
    {
        var id = seats[0].NextId();
        await seats[0].AskAsync(Rpc.Call(id, "notify", new { method = Settled }));
        await seats[0].Inbox.TakeAsync(message => message.IsAnswerTo(id));
        foreach (var seat in seats)
        {
            await seat.Inbox.TakeAsync(message => message.Method() == Settled);
            await AnswerCancelledAsync(seat);
        }
    }

    private async Task<bool> CallAsync(Seat seat, string mark, Ending ending)
    {
        Interlocked.Increment(ref _calls);
        var id = seat.NextId();
        await seat.AskAsync(MarkedQuestion.Call(id, mark));
        if (ending is Ending.CancelledAtOnce)
        {
            seat.Cancelled[id] = mark;
            await seat.CancelAsync(id);
            Interlocked.Increment(ref _cancelledAtOnce);
            return false;
        }

        var next = await seat.Inbox.TakeAsync(message => message.IsAnswerTo(id) || MarkedQuestion.MarkOf(message) == mark);
        if (next.Method() is null)
        {
            Assert.StartsWith("-32603: ", next.Text(), StringComparison.Ordinal);
            Interlocked.Increment(ref _refused);
            return true;
        }

        Interlocked.Increment(ref _delivered);
        await EndAsync(seat, id, next, ending);
        return false;
    }

    private async Task EndAsync(Seat seat, string id, JsonElement question, Ending ending)
    {
        if (ending is Ending.Left)
        {
            Interlocked.Increment(ref _left);
            return;
        }

        if (ending is Ending.CancelledWhenAsked)
        {
            Interlocked.Increment(ref _cancelledWhenAsked);
            await seat.CancelAsync(id);
        }

        await seat.SendAsync(MarkedQuestion.AnswerTo(question));
        if (ending is Ending.Answered)
        {
            var answer = await seat.Inbox.TakeAsync(message => message.IsAnswerTo(id));
            Assert.True(MarkedQuestion.Ended(answer, MarkedQuestion.MarkOf(question)!), answer.GetRawText());
        }
    }

    // A call that was cancelled at once may have been refused before; or it asked all the same, and unanswered it would be in
    // flight for ever. Either happens once.
    private async Task AnswerCancelledAsync(Seat seat)
    {
        foreach (var (id, mark) in seat.Cancelled)
        {
            if (!seat.Inbox.Rest.Any(IsAbout))
                continue;
            var message = await seat.Inbox.TakeAsync(IsAbout);
            seat.Cancelled.TryRemove(id, out _);
            if (message.Method() is null)
            {
                Assert.StartsWith("-32603: ", message.Text(), StringComparison.Ordinal);
                Interlocked.Increment(ref _refusedBeforeCancellation);
                continue;
            }

            await seat.SendAsync(MarkedQuestion.AnswerTo(message));
            Interlocked.Increment(ref _askedAfterCancellation);

            bool IsAbout(JsonElement message) => message.IsAnswerTo(id) || MarkedQuestion.MarkOf(message) == mark;
        }
    }

    private static Ending EndingOf(Seat seat, int number) => (number % 5) switch
    {
        1 => Ending.CancelledWhenAsked,
        3 when seat.InOrder => Ending.CancelledAtOnce,
        _ => Ending.Answered,
    };

    private static Wire WireOf(int seat) => seat % 2 == 0 ? Wire.Sse : Wire.Streamable;
}
