using McpGateway.Backends.Remote;
using McpGateway.Configuration;
using McpGateway.Sessions;
using Microsoft.Extensions.Options;

namespace McpGateway.Tests.Backends.Remote;

public sealed class SessionSealTests
{
    private static readonly UpstreamSession Session = new("d1", "id !~ é");
    private static readonly SessionOwner Alice = new("https://a.test", "alice");
    private readonly SessionSeal _seal = Seal();

    [Fact]
    public void Sealed_Opens_AndIsAnotherEachTime()
    {
        var (one, other) = (_seal.Seal("far", Alice, Session), _seal.Seal("far", Alice, Session));
        Assert.NotEqual(one, other);
        Assert.Equal((Session, Session), (_seal.Open("far", Alice, one), _seal.Open("far", Alice, other)));
        Assert.True(SessionId.IsWellFormed(one));
    }

    [Theory]
    [InlineData("other", "https://a.test", "alice")]
    [InlineData("far", "https://b.test", "alice")]
    [InlineData("far", "https://a.test", "bob")]
    [InlineData("fa", "rhttps://a.test", "alice")] // the same letters, cut elsewhere
    [InlineData("far", "https://a.testa", "lice")]
    public void Sealed_ForAnotherServerOrUser_DoesNotOpen(string server, string issuer, string subject) =>
        Assert.Null(_seal.Open(server, new SessionOwner(issuer, subject), _seal.Seal("far", Alice, Session)));

    [Fact]
    public void Sealed_WithAnyCharacterChanged_DoesNotOpen()
    {
        var id = _seal.Seal("far", Alice, Session);
        // The last character may carry bits that say nothing.
        for (var i = 0; i < id.Length - 1; i++)
            Assert.Null(_seal.Open("far", Alice, string.Concat(id.AsSpan(0, i), id[i] == 'A' ? "B" : "A", id.AsSpan(i + 1))));
        Assert.Null(_seal.Open("far", Alice, id[..^4]));
        Assert.Null(_seal.Open("far", Alice, id + "AAAA"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Anything_ThatWasNotSealed_DoesNotOpen(string id)
    {
        Assert.Null(_seal.Open("far", Alice, id));
        Assert.Null(_seal.Open("far", Alice, string.Concat(Enumerable.Repeat(id, 2000))));
    }

    [Fact]
    public void Keys_FirstSealsAndAllOpen()
    {
        var (old, next, both) = (Seal('a'), Seal('b'), Seal('b', 'a'));
        Assert.Equal(Session, both.Open("far", Alice, old.Seal("far", Alice, Session)));
        Assert.Equal(Session, next.Open("far", Alice, both.Seal("far", Alice, Session)));
        Assert.Null(old.Open("far", Alice, both.Seal("far", Alice, Session)));
        Assert.Null(Seal().Open("far", Alice, _seal.Seal("far", Alice, Session))); // without keys each has one of its own
    }

    private static SessionSeal Seal(params char[] keys) => new(Options.Create(new ReplicasOptions
    {
        Keys = [.. keys.Select(key => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(new string(key, 32))))],
    }));
}
