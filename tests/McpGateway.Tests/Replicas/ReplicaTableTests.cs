using McpGateway.Cli.DemoServer;
using McpGateway.Configuration;
using McpGateway.Replicas;
using Microsoft.Extensions.Options;

namespace McpGateway.Tests.Replicas;

public sealed class ReplicaTableTests
{
    [Fact]
    public void Find_Listed_IsItsUrl_AndNobodyElse()
    {
        var table = Table(new()
        {
            Self = "a",
            Peers = new Dictionary<string, string> { ["a"] = "http://one:1", ["b"] = "http://two:2" },
        });
        Assert.Equal(new Uri("http://two:2"), table.Find("b"));
        Assert.All(["B", "c", "", "b.", "two"], name => Assert.Null(table.Find(name)));
    }

    [Theory]
    [InlineData("gw-7", true)]
    [InlineData("gw-70", true)]
    [InlineData("gw-", false)]
    [InlineData("gw-7x", false)]
    [InlineData("xgw-7", false)]
    [InlineData("GW-7", false)]
    [InlineData("gw-7\n", false)]
    [InlineData("gw-7/../x", false)]
    [InlineData("gw-\u0667", false)] // a digit, but no ASCII
    public void Find_ByPattern_OnlyWhatMatchesAsAWhole(string name, bool found)
    {
        var table = Table(new() { Self = "gw-0", NamePattern = @"gw-\d+", Address = "http://{name}.gw-headless:8000" });
        Assert.Equal(found ? new Uri($"http://{name}.gw-headless:8000") : null, table.Find(name));
    }

    [Fact]
    public void Members_ByCount_AreNumberedFromZero()
    {
        var table = Table(new() { Self = "gw-1", NamePattern = "gw-[0-9]+", Address = "http://{name}:80", Count = 3 });
        Assert.Equal(["gw-0", "gw-1", "gw-2"], table.Members.Keys.Order());
        var beyond = Table(new() { Self = "gw-5", NamePattern = "gw-[0-9]+", Address = "http://{name}:80", Count = 1 });
        Assert.Equal(["gw-0", "gw-5"], beyond.Members.Keys.Order()); // scaled down: it is on its way out
    }

    [Fact]
    public void Alone_HasNoMembers()
    {
        var table = Table(new());
        Assert.False(table.IsConfigured);
        Assert.Empty(table.Members);
        Assert.Null(table.Find("self"));
    }

    [Fact]
    public void Rendezvous_AReplicaLess_MovesOnlyWhatWasThere()
    {
        string[] all = ["gw-0", "gw-1", "gw-2", "gw-3"];
        var keys = Enumerable.Range(0, 1000).Select(i => $"files\nissuer\nuser-{i}").ToArray();
        var before = keys.ToDictionary(key => key, key => Choose(all, key));
        Assert.All(all, name => Assert.InRange(before.Values.Count(choice => choice == name), 180, 320));
        Assert.All(keys.Where(key => before[key] != "gw-2"),
            key => Assert.Equal(before[key], Choose(["gw-3", "gw-1", "gw-0"], key)));
        static string Choose(string[] replicas, string key) => replicas.MaxBy(replica => Rendezvous.Weight(replica, key))!;
    }

    private static ReplicaTable Table(ReplicasOptions options) => new(Options.Create(options));
}
