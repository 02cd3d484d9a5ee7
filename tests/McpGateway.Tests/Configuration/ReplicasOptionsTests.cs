using McpGateway.Configuration;
using McpGateway.Configuration.Host;

namespace McpGateway.Tests.Configuration;

public sealed class ReplicasOptionsTests
{
    private static readonly string Key = Convert.ToBase64String(new byte[32]);

    public static TheoryData<string, Delegate> Wrong => new()
    {
        { "Replicas:Keys: write a secret", (ReplicasOptions options) => options.Keys = [] },
        { "Replicas:Keys:0: write at least 32",
            (ReplicasOptions options) => options.Keys = [Convert.ToBase64String(new byte[31])] },
        { "Replicas:Keys:1: write at least 32", (ReplicasOptions options) => options.Keys = [Key, "no base64!"] },
        { "Replicas:Self", (ReplicasOptions options) => options.Self = null },
        { "Replicas:Self", (ReplicasOptions options) => options.Self = "gw.0" },
        { "Replicas:Self", (ReplicasOptions options) => options.Self = "-gw" },
        { "Replicas:Peers: add Self", (ReplicasOptions options) => options.Self = "gw-9" },
        { "Replicas:Peers:gw-1: write the replica's base URL", (ReplicasOptions options) => Add(options, "gw-1", "gw-1:8000") },
        { "Replicas:Peers:gw-1: write the replica's base URL",
            (ReplicasOptions options) => Add(options, "gw-1", "http://gw-1/path") },
        { "Replicas:Peers:gw-1: write the replica's base URL",
            (ReplicasOptions options) => Add(options, "gw-1", "http://user@gw-1") },
        { "Replicas:Peers:gw_1: write letters", (ReplicasOptions options) => Add(options, "gw_1", "http://gw-1") },
        { "have no effect together with it", (ReplicasOptions options) => options.NamePattern = "gw-[0-9]+" },
        { "the other replicas are missing", (ReplicasOptions options) => options.Peers = new Dictionary<string, string>() },
        { "Replicas:NamePattern: the pattern must match the whole of Self",
            (ReplicasOptions options) => ByPattern(options, "x-[0-9]+") },
        { "Replicas:NamePattern: write a regular expression", (ReplicasOptions options) => ByPattern(options, "gw-(") },
        { "Replicas:NamePattern: write a regular expression", (ReplicasOptions options) => ByPattern(options, "(?=gw)gw-0") },
        { "Replicas:Address: write a base URL", (ReplicasOptions options) => ByPattern(options, address: "http://gw-headless") },
        { "Replicas:Address: write a base URL", (ReplicasOptions options) => ByPattern(options, address: "http://gw/{name}") },
        { "Replicas:Address: write a base URL", (ReplicasOptions options) => ByPattern(options, address: null) },
        { "Replicas:Count: write a number", (ReplicasOptions options) => ByPattern(options, count: 0) },
        { "Replicas:Count: it requires names", (ReplicasOptions options) =>
            { ByPattern(options, "gw.*", count: 2); options.Self = "gw-a"; } },
    };

    [Fact]
    public void Peers_OrPattern_OrNothing_AreFine()
    {
        Assert.True(Validate(new()).Succeeded);
        Assert.True(Validate(new() { Keys = [Key] }).Succeeded); // for what is sealed
        Assert.True(Validate(Peers()).Succeeded);
        var pattern = Peers();
        ByPattern(pattern, count: 3);
        Assert.True(Validate(pattern).Succeeded);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_SaysWhatToWrite(string said, Delegate spoil)
    {
        var options = Peers();
        spoil.DynamicInvoke(options);
        Assert.Contains(said, Validate(options).FailureMessage, StringComparison.Ordinal);
    }

    private static ReplicasOptions Peers() => new()
    {
        Self = "gw-0", Keys = [Key], Peers = new Dictionary<string,
        string> { ["gw-0"] = "http://10.0.0.1:8000", ["gw-1"] = "https://10.0.0.2" },
    };

    private static void Add(ReplicasOptions options, string name, string url) =>
        options.Peers = new Dictionary<string, string>(options.Peers) { [name] = url };

    private static void ByPattern(
        ReplicasOptions options, string pattern = "gw-[0-9]+", string? address = "http://{name}.gw-headless:8000",
        int? count = null) =>
        (options.Peers, options.NamePattern, options.Address, options.Count) = (new Dictionary<string, string>(), pattern,
            address, count);

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(ReplicasOptions options) =>
        new ReplicasOptionsValidator().Validate(null, options);
}
