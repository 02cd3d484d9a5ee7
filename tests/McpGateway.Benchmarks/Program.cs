using System.CommandLine;
using McpGateway.Benchmarks.Children;
using McpGateway.Benchmarks.Front;
using McpGateway.Benchmarks.Relay;
using McpGateway.Benchmarks.Replicas;
using McpGateway.Benchmarks.Running;
using McpGateway.Benchmarks.Sharing;

Option<int> seconds = new("--seconds")
{
    Description = "The duration of one measurement, in seconds.",
    DefaultValueFactory = _ => 5,
};
Option<int> rounds = new("--rounds")
{
    Description = "The number of measurements per endpoint and connection count.",
    DefaultValueFactory = _ => 5,
};
Option<Uri?> gatewayUrl = new("--gateway-url")
{
    Description = "An existing MCP endpoint to measure, instead of starting a gateway.",
    CustomParser = argument =>
    {
        if (!Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var url))
            argument.AddError($"'{argument.Tokens[0].Value}' is not an absolute URL.");
        return url;
    },
};
Command relay = new("relay", "Compares the gateway with a bare Kestrel endpoint.") { seconds, rounds, gatewayUrl };
relay.SetAction((arguments, stop) =>
{
    RelayOptions options = new(arguments.GetValue(seconds), arguments.GetValue(rounds), arguments.GetValue(gatewayUrl));
    return new RelayBenchmark(options, Console.Out).RunAsync(stop);
});

Option<int> sessions = new("--sessions")
{
    Description = "The number of sessions to compare with one session.",
    DefaultValueFactory = _ => 500,
};
Command sharing = new("sharing", "Compares many sessions on one shared child with one session.") { seconds, rounds, sessions };
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
Command connect = new("connect", "Compares the start of a session with a warm child and with a cold one.") { server, rounds };
connect.SetAction((arguments, stop) =>
    new ConnectBenchmark(new ConnectOptions(arguments.GetValue(server)!, arguments.GetValue(rounds)), Console.Out)
        .RunAsync(stop));

Option<int> children = new("--sessions")
{
    Description = "The number of sessions to start at once.",
    DefaultValueFactory = _ => 300,
};
Command starts = new("starts", "Measures how fast sessions start that have a child of their own.") { children, rounds };
starts.SetAction((arguments, stop) =>
    new StartsBenchmark(new StartsOptions(arguments.GetValue(children), arguments.GetValue(rounds)), Console.Out).RunAsync(stop));

Command neighbours = new("neighbours", "Compares a good server alone and beside bad ones.") { seconds, rounds };
neighbours.SetAction((arguments, stop) =>
    new NeighboursBenchmark(new NeighboursOptions(arguments.GetValue(seconds), arguments.GetValue(rounds)), Console.Out)
        .RunAsync(stop));

Command front = new("front", "Compares calls with and without authentication, origins and rate limits.") { seconds, rounds };
front.SetAction((arguments, stop) =>
    new FrontBenchmark(new FrontOptions(arguments.GetValue(seconds), arguments.GetValue(rounds)), Console.Out).RunAsync(stop));

Command forwarding = new("forwarding", "Compares calls that another replica forwards and calls at the session's replica.")
{
    seconds, rounds,
};
forwarding.SetAction((arguments, stop) =>
    new ForwardingBenchmark(new ForwardingOptions(arguments.GetValue(seconds), arguments.GetValue(rounds)), Console.Out)
        .RunAsync(stop));

Option<string> urls = new("--urls") { Description = "The URLs to listen on.", Required = true };
Command bare = new("bare", "Serves the bare endpoint that the gateway is compared with.") { urls };
bare.SetAction((arguments, stop) => BareEndpoint.RunAsync(arguments.GetRequiredValue(urls), stop));

return await new RootCommand("Benchmarks of McpGateway.") { relay, sharing, connect, starts, neighbours, front, forwarding, bare }
    .Parse(args).InvokeAsync();
