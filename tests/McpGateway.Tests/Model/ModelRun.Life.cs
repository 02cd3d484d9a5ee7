using McpGateway.Sessions;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Model;

/// <summary>Sessions and streams that come and go, calls without a session, and time.</summary>
internal sealed partial class ModelRun
{
    private int _posts;

    private (int, Func<Task<bool>>)[] LifeSteps() =>
    [
        (10, OpenAsync), (10, OpenGetAsync), (4, CloseGetAsync), (2, EndSessionAsync), (6, WaitAsync),
    ];

    private Task<bool> OpenAsync()
    {
        if (_reference.Sessions.Count >= SessionsAtMost)
            return Task.FromResult(false);
        var (kind, owner) = (Pick(SessionKind.Streamable, SessionKind.Streamable, SessionKind.Sse), Pick(Owners));
        var session = _reference.Open(kind, owner);
        Say($"{session?.ToString() ?? "nobody"} opens");
        var refusal = _manager.TryOpen(kind, _server, owner, out var actual);
        Check(refusal is null == session is not null, $"refused with {refusal?.Error.Message ?? "nothing"}");
        if (session is null)
            return Task.FromResult(true);
        session.Actual = actual;
        if (kind is SessionKind.Sse)
            OpenGet(session);
        return Task.FromResult(true);
    }

    private Task<bool> OpenGetAsync()
    {
        if (PickFrom(Talking().Where(session => session.Kind is SessionKind.Streamable)) is not { } session)
            return Task.FromResult(false);
        Say($"{session} opens a GET{(session.MayListen ? " instead of another" : "")}");
        OpenGet(session);
        return Task.FromResult(true);
    }

    private void OpenGet(ReferenceSession session)
    {
        var stream = new ReferenceStream(session.Actual!.OpenStream(), $"GET of {session}", lasting: true);
        _reference.OpenGet(session, stream);
        _streams.Add(stream);
    }

    private async Task<bool> CloseGetAsync()
    {
        if (PickFrom(_reference.Sessions.Where(session => session.MayListen)) is not { } session
            || (session.Kind is SessionKind.Sse && Happens(70)))
            return false;
        Say($"{session} closes its GET");
        var stream = session.Get!;
        _reference.CloseGet(session);
        session.Actual!.CloseStream(stream.Actual);
        if (session.HasEnded)
            await session.Actual.EndAsync().Soon();
        return true;
    }

    private async Task<bool> EndSessionAsync()
    {
        if (PickFrom(_reference.Sessions.Where(session => !session.IsImplicit || Happens(20))) is not { } session)
            return false;
        Say($"{session} ends");
        _reference.End(session);
        await session.Actual!.EndAsync().Soon();
        return true;
    }

    private async Task<bool> CallWithoutSessionAsync()
    {
        var owner = Pick(Owners);
        var session = _reference.UseImplicit(owner);
        var stream = NewPost($"POST {++_posts} without session of {owner.Subject}");
        var request = session is null ? Request(NextId(), "tools/list", []) : NextCall(session);
        Say($"{session?.ToString() ?? owner.Subject} sends {Text(request)}");
        var refused = session is null
            ? McpGateway.JsonRpc.JsonRpcErrorCode.Overloaded
            : _reference.Request(new ReferenceCall(session, request, stream, _fixture.Time.GetTimestamp()));
        stream.Await();
        stream.Actual.Await();
        var receipt = _sessionless.Receive(_server, owner, Message(request), stream.Actual);
        if (session is not null)
            session.Actual = _manager.FindImplicit(_server, owner);
        stream.Release();
        stream.Actual.Release();
        await TakeAsync(receipt, refused);
        return true;
    }

    private Task<bool> LeaveWithoutSessionAsync()
    {
        if (PickFrom(_reference.Sessions.Where(session => session.IsImplicit)
            .SelectMany(session => session.Calls)) is not { } call)
            return Task.FromResult(false);
        Say($"{call.Stream} is left");
        call.Stream.Abandon();
        _reference.CancelFor(call.Session, call.Stream);
        call.Stream.Actual.Abandon();
        _sessionless.Cancel(_server, call.Session.Owner, call.Stream.Actual);
        return Task.FromResult(true);
    }

    // Not a cancellation (Streamable HTTP, "Sending Messages to the Server").
    private Task<bool> DisconnectAsync()
    {
        if (PickFrom(Talking().Where(session => session.Kind is SessionKind.Streamable)
            .SelectMany(session => session.Calls)) is not { } call)
            return Task.FromResult(false);
        Say($"{call.Stream} is disconnected");
        call.Stream.Abandon();
        call.Stream.Actual.Abandon();
        return Task.FromResult(true);
    }

    private async Task<bool> WaitAsync()
    {
        var time = TimeSpan.FromSeconds(Pick(1, 5, 29, 31, 60, 121, 540));
        Say($"{time} pass");
        var now = _fixture.Time.Advance(time);
        // One by one: what the end of one session leads to would race with the end of the next.
        foreach (var session in _reference.Sessions.ToArray())
        {
            _reference.Tick(session);
            await session.Actual!.TickAsync(now).Soon();
            await SettleAsync();
        }

        _reference.Tick();
        await Task.WhenAll(_fixture.Children.Tick(now)).Soon();
        return true;
    }

    private ReferenceStream NewPost(string name)
    {
        var stream = new ReferenceStream(_fixture.Post(), name, lasting: false);
        _streams.Add(stream);
        return stream;
    }
}
