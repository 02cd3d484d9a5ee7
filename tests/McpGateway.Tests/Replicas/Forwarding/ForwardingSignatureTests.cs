using System.Net;
using McpGateway.Configuration;
using McpGateway.Replicas.Forwarding;
using Microsoft.Extensions.Options;

namespace McpGateway.Tests.Replicas.Forwarding;

public sealed class ForwardingSignatureTests
{
    private static readonly string First = Convert.ToBase64String([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly string Second = Convert.ToBase64String([.. Enumerable.Repeat((byte)2, 32)]);

    private static readonly ForwardedRequest Request =
        new("gw-0", "gw-1", "POST", "/files/mcp?x=1", "https", "mcp.example.com", IPAddress.Parse("2001:db8::7"));

    [Fact]
    public void Verify_WhatWasSigned_IsWhatWasSaid() =>
        Assert.Equal(Request, Signature(First).Verify(Signature(First).Sign(Request), Request.Method, Request.Target));

    [Fact]
    public void Verify_ByAnyKey_SignsByTheFirst()
    {
        var old = Signature(First).Sign(Request);
        Assert.NotNull(Signature(Second, First).Verify(old, Request.Method, Request.Target));
        Assert.Null(Signature(Second).Verify(old, Request.Method, Request.Target));
        Assert.NotNull(Signature(Second).Verify(Signature(Second, First).Sign(Request), Request.Method, Request.Target));
    }

    [Fact]
    public void Verify_AnyCharacterChanged_IsNothing()
    {
        var signed = Signature(First).Sign(Request);
        for (var i = 0; i < signed.Length - 2; i++) // of the last two, not all bits count in base64
        {
            var changed = string.Concat(signed.AsSpan(0, i), signed[i] == 'A' ? "B" : "A", signed.AsSpan(i + 1));
            Assert.True(changed == signed || Signature(First).Verify(changed, Request.Method, Request.Target) is null, changed);
        }

        Assert.Null(Signature(First).Verify(signed, "GET", Request.Target));
        Assert.Null(Signature(First).Verify(signed, Request.Method, "/files/mcp?x=2"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(31, false)]
    [InlineData(-30, true)]
    [InlineData(-31, false)]
    public void Verify_ByTime_OnlyWithinHalfAMinute(int seconds, bool holds)
    {
        var signed = Signature(First).Sign(Request);
        Assert.Equal(holds, Signature(TimeSpan.FromSeconds(seconds), First)
            .Verify(signed, Request.Method, Request.Target) is not null);
    }

    [Fact]
    public void KeysFor_AnotherPurpose_AreOthers()
    {
        var options = new ReplicasOptions { Keys = [First] };
        Assert.NotEqual(options.KeysFor("forwarding")[0], options.KeysFor("sessions")[0]);
        Assert.Equal(options.KeysFor("forwarding")[0], options.KeysFor("forwarding")[0]);
        Assert.Equal(32, options.KeysFor("forwarding")[0].Length);
    }

    private static ForwardingSignature Signature(params string[] keys) => Signature(TimeSpan.Zero, keys);

    private static ForwardingSignature Signature(TimeSpan skew, params string[] keys) =>
        new(Options.Create(new ReplicasOptions { Keys = keys }), new Clock(skew));

    private sealed class Clock(TimeSpan skew) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50) + skew;
    }
}
