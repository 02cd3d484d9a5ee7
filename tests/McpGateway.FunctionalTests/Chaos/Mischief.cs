using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Chaos;

/// <summary>What is done to the children at random: signals from outside, and deeds for clients to ask them for.</summary>
internal sealed class Mischief(ChaosServer[] servers, GatewayProgram gateway, int seed, Tally tally)
{
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(1.5);

    private readonly Random _random = new(seed);

    public async Task RunAsync(CancellationToken over)
    {
        var thawing = new List<Task>();
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(50, 500)), TimeProvider.System, TestHttp.Token);
            tally.AtLeast("processes at most", servers.Sum(server => server.Children.Living.Length));
            // The later ones serve more clients each, which are to get something done in between.
            var server = servers[(int)(servers.Length * Math.Pow(_random.NextDouble(), 1.5))];
            switch (_random.Next(10))
            {
                case < 3:
                    await SignalAsync(server, "KILL");
                    break;
                case 3 when await SignalAsync(server, "STOP") is { } frozen:
                    thawing.Add(ThawAsync(frozen));
                    break;
                default:
                    server.Deeds.Enqueue(Step.Deeds.Values.ElementAt(_random.Next(Step.Deeds.Count)));
                    break;
            }
        }

        await Task.WhenAll(thawing);
    }

    // Any process of a tree: now and then it is a grandchild or a daemon.
    private async Task<int?> SignalAsync(ChaosServer server, string signal)
    {
        var living = server.Children.Living;
        if (living.Length == 0)
            return null;
        var pid = living[_random.Next(living.Length)];
        await gateway.SignalAsync(signal, pid);
        tally.Count($"kills by SIG{signal}");
        return pid;
    }

    private async Task ThawAsync(int pid)
    {
        await Task.Delay(Frozen, TimeProvider.System, TestHttp.Token);
        await gateway.SignalAsync("CONT", pid);
    }
}
