using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Sessions;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Sessions;

namespace McpGateway.Tests.Backends.Stdio.Sharing;

public sealed class CallsInFlightTests : IDisposable
{
    private readonly SessionsFixture _fixture = new();
    private readonly CallsInFlight _inFlight = new();
    private readonly SharedChildSession _first = Seats.Any();
    private readonly SharedChildSession _second = Seats.Any();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void OnlySeat_IsWhoseCallsAreTheOnlyOnes()
    {
        Assert.True(_inFlight.IsEmpty);
        _inFlight.Enter(_first);
        _inFlight.Enter(_first);
        Assert.Same(_first, _inFlight.OnlySeat);
        Assert.Equal(2, _inFlight.CountOf(_first));
        _inFlight.Enter(_second);
        Assert.Null(_inFlight.OnlySeat);
        _inFlight.Leave(_first);
        Assert.Null(_inFlight.OnlySeat);
        _inFlight.Leave(_first);
        Assert.Same(_second, _inFlight.OnlySeat);
        _inFlight.Leave(_second);
        Assert.True(_inFlight.IsEmpty);
    }

    [Fact]
    public void Abandon_IsTakenAfterItsTime()
    {
        var (early, late) = (Call(1), Call(2));
        Assert.Null(_inFlight.Abandon(early, 100));
        Assert.Null(_inFlight.Abandon(late, 200));
        Assert.Null(_inFlight.TakeAbandonedBefore(100));
        Assert.Same(early, _inFlight.TakeAbandonedBefore(101));
        Assert.Null(_inFlight.TakeAbandonedBefore(101));
    }

    [Fact]
    public void Abandon_TooMany_GivesTheOldestBack()
    {
        var call = Call(1);
        for (var i = 0; i < 4096; i++)
            Assert.Null(_inFlight.Abandon(call, i));
        Assert.Same(call, _inFlight.Abandon(Call(2), 5000));
    }

    private ClientCall Call(int id)
    {
        using var request = Json.Request(id);
        return new ClientCall(new CallRegistry("one", _fixture.Time, _fixture.Recorder.Metrics), id, request, _fixture.Post());
    }
}
