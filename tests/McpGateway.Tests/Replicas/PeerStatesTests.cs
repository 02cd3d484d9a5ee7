using McpGateway.Replicas;

namespace McpGateway.Tests.Replicas;

public sealed class PeerStatesTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Peer_ThatIsAway_IsNewsOnceAndForgottenSoon()
    {
        var peers = new PeerStates(_time);
        Assert.True(peers.MarkAway("gw-1"));
        Assert.False(peers.MarkAway("gw-1"));
        Assert.True(peers.IsAway("gw-1"));

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(peers.IsAway("gw-1"));
        Assert.True(peers.MarkAway("gw-1"));
    }

    [Fact]
    public void Peer_ThatIsBack_IsNeitherAwayNorLeft()
    {
        var peers = new PeerStates(_time);
        peers.MarkLeft("gw-1");
        Assert.True(peers.IsAway("gw-1") && peers.HasLeft("gw-1"));

        peers.MarkBack("gw-1");
        Assert.False(peers.IsAway("gw-1") || peers.HasLeft("gw-1"));
    }

    [Fact]
    public void Names_ThatAreMadeUp_FillNoTable()
    {
        var peers = new PeerStates(_time);
        Assert.Equal(1_000, Enumerable.Range(0, 5_000).Count(number => peers.MarkAway($"gw-{number}")));
        Assert.False(peers.IsAway("gw-4999"));

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(peers.MarkAway("gw-4999"));
        Assert.True(peers.IsAway("gw-4999"));
    }
}
