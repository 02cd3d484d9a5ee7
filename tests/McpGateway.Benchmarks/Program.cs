using System.CommandLine;
using McpGateway.Benchmarks.Children;
using McpGateway.Benchmarks.Front;
using McpGateway.Benchmarks.Relay;
using McpGateway.Benchmarks.Replicas;
using McpGateway.Benchmarks.Running;
using McpGateway.Benchmarks.Sharing;

Option<int> seconds = new("--seconds") { Description = "How long one measurement takes.", DefaultValueFactory = _ => 5 };
Option<int> rounds = new("--rounds")
{
    Description = "Measurements of each endpoint per connection count.",
    DefaultValueFactory = _ => 5,
};
Option<Uri?> gatewayUrl = new("--gateway-url")
{
    Description = "An MCP endpoint that runs already, instead of a gateway of our own.",
    CustomParser = argument =>
    {
        if (!Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var url))
            argument.AddError($"'{argument.Tokens[0].Value}' is no absolute URL.");
        return url;
    },
};
Command relay = new("relay", "Measures the gateway's relay beside a bare Kestrel endpoint.") { seconds, rounds, gatewayUrl };
relay.SetAction((arguments, stop) =>
{
    RelayOptions options = new(arguments.GetValue(seconds), arguments.GetValue(rounds), arguments.GetValue(gatewayUrl));
    return new RelayBenchmark(options, Console.Out).RunAsync(stop);
});

Option<int> sessions = new("--sessions") { Description = "Sessions beside the one.", DefaultValueFactory = _ => 500 };
Command sharing = new("sharing", "Measures many sessions on one shared child beside one session on it.") { seconds, rounds, sessions };
sharing.SetAction((arguments, stop) =>
{
    SharingOptions options = new(arguments.GetValue(seconds), arguments.GetValue(rounds), arguments.GetValue(sessions));
    return new SharingBenchmark(options, Console.Out).RunAsync(stop);
});

Option<string[]> server = new("--server")
{
    Description = "The command line of a stdio server.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [BenchmarkServers.TestServer],
};
Command connect = new("connect", "Measures a session's start with a warm child beside one with a cold child.") { server, rounds };
connect.SetAction((arguments, stop) =>
    new ConnectBenchmark(new ConnectOptions(arguments.GetValue(server)!, arguments.GetValue(rounds)), Console.Out).RunAsync(stop));

Option<int> children = new("--sessions") { Description = "Sessions that start at once.", DefaultValueFactory = _ => 300 };
Command starts = new("starts", "Measures how fast sessions with children of their own start.") { children, rounds };
starts.SetAction((arguments, stop) =>
    new StartsBenchmark(new StartsOptions(arguments.GetValue(children), arguments.GetValue(rounds)), Console.Out).RunAsync(stop));

Command neighbours = new("neighbours", "Measures a good server beside bad ones, and alone.") { seconds, rounds };
neighbours.SetAction((arguments, stop) =>
    new NeighboursBenchmark(new NeighboursOptions(arguments.GetValue(seconds), arguments.GetValue(rounds)), Console.Out).RunAsync(stop));

Command front = new("front", "Measures calls with authentication, origins and rate limits beside the same without.") { seconds, rounds };
front.SetAction((arguments, stop) =>
    new FrontBenchmark(new FrontOptions(arguments.GetValue(seconds), arguments.GetValue(rounds)), Console.Out).RunAsync(stop));

Command forwarding = new("forwarding", "Measures a call through another replica beside one at its session's own.") { seconds, rounds };
forwarding.SetAction((arguments, stop) =>
    new ForwardingBenchmark(new HopOptions(arguments.GetValue(seconds), arguments.GetValue(rounds)), Console.Out).RunAsync(stop));

Option<string> urls = new("--urls") { Description = "Where to listen.", Required = true };
Command bare = new("bare", "Serves the bare endpoint that the relay is measured against.") { urls };
bare.SetAction((arguments, stop) => BareEndpoint.RunAsync(arguments.GetRequiredValue(urls), stop));

return await new RootCommand("Benchmarks of McpGateway.") { relay, sharing, connect, starts, neighbours, front, forwarding, bare }
    .Parse(args).InvokeAsync();
