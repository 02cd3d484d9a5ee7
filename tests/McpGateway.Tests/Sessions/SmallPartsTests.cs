using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Tests.Sessions;

public sealed class SessionIdTests
{
    [Fact]
    public void Create_WithAReplica_NamesIt()
    {
        var id = SessionId.Create("gw-0");
        Assert.True(SessionId.IsWellFormed(id));
        Assert.Equal("gw-0", SessionId.ReplicaOf(id));
        Assert.Null(SessionId.ReplicaOf(SessionId.Create()));
    }

    [Theory]
    [InlineData("gw-0.x.y", "gw-0")]
    [InlineData(".x", null)]
    [InlineData("", null)]
    [InlineData("gw 0.x", null)]
    [InlineData("gw-0/../.x", null)]
    public void ReplicaOf_WhatAnybodyMayWrite(string id, string? replica) => Assert.Equal(replica, SessionId.ReplicaOf(id));

    [Fact]
    public void Create_IsOf128BitsAndNeverTheSame()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => SessionId.Create()).ToArray();
        Assert.All(ids, id => Assert.Equal(22, id.Length));
        Assert.All(ids, id => Assert.True(SessionId.IsWellFormed(id)));
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("gw-0.AZaz09_-", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("a\0", false)]
    [InlineData("a/b", false)]
    [InlineData("a+b=", false)]
    [InlineData("é", false)]
    [InlineData("١", false)]
    public void IsWellFormed_Id(string id, bool expected) => Assert.Equal(expected, SessionId.IsWellFormed(id));

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void IsWellFormed_Length_IsLimited(int length, bool expected) =>
        Assert.Equal(expected, SessionId.IsWellFormed(new string('a', length)));
}

public sealed class ProtocolVersionTests
{
    [Theory]
    [InlineData("2024-11-05", true)]
    [InlineData("2025-11-25", true)]
    [InlineData("2026-07-28", false)]
    [InlineData("2025-03-26 ", false)]
    [InlineData("", false)]
    public void IsServed_Version(string version, bool expected) => Assert.Equal(expected, ProtocolVersion.IsServed(version));

    [Fact]
    public void AllowsBatches_OnlyTheOneRevision() =>
        Assert.Equal([ProtocolVersion.V2025March], ProtocolVersion.Served.Where(ProtocolVersion.AllowsBatches));

    [Theory]
    [InlineData("2025-06-18", "2025-03-26", "2025-03-26")]
    [InlineData("2025-06-18", "2025-11-25", "2025-06-18")]
    [InlineData("2025-06-18", "2025-06-18", "2025-06-18")]
    [InlineData("2025-06-18", "1.0", "2025-06-18")]
    [InlineData("2025-06-18", "2026-07-28", "2025-06-18")]
    [InlineData("2025-06-18", null, "2025-06-18")]
    public void Lower_OfTwoRevisions(string spoken, string? requested, string expected) =>
        Assert.Equal(expected, ProtocolVersion.Lower(spoken, requested));
}

public sealed class RefusalTests
{
    public static TheoryData<object, object, int, bool> All => new()
    {
        { Refusal.SessionNotFound, RefusalReason.NotFound, JsonRpcErrorCode.NotFound, false },
        { Refusal.IdInFlight, RefusalReason.Invalid, JsonRpcErrorCode.InvalidRequest, false },
        { Refusal.AlreadyInitialized, RefusalReason.Invalid, JsonRpcErrorCode.InvalidRequest, false },
        { Refusal.Draining, RefusalReason.Unavailable, JsonRpcErrorCode.Overloaded, true },
        { Refusal.QueuesFull, RefusalReason.Unavailable, JsonRpcErrorCode.Overloaded, true },
        { Refusal.TooManySessions("Limits:Sessions"), RefusalReason.Unavailable, JsonRpcErrorCode.Overloaded, true },
        { Refusal.TooManySessionsOfUser("Limits:SessionsPerUser"), RefusalReason.TooMany, JsonRpcErrorCode.Overloaded, true },
        { Refusal.TooManyProcesses("one"), RefusalReason.Unavailable, JsonRpcErrorCode.Overloaded, true },
    };

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void Refusal_SaysWhyAndWhenToTryAgain(object refused, object reason, int code, bool again)
    {
        var refusal = Assert.IsType<Refusal>(refused);
        Assert.Equal(reason, refusal.Reason);
        Assert.Equal(code, refusal.Error.Code);
        Assert.Equal(again, refusal.RetryAfter > TimeSpan.Zero);
    }
}
