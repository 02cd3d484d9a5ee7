using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Chaos;

/// <summary>Opens one session after the other, uses it, and ends it or leaves it behind.</summary>
internal sealed class ChaosClient(ChaosServer[] servers, Uri gateway, Random random, Func<int> nextNumber, Tally tally)
{
    private const int Users = 5;
    private const int MostSteps = 12;
    private const int MostAtOnce = 4;

    /// <returns>The session that it had last, still open.</returns>
    public async Task<Conversation?> RunAsync(CancellationToken over)
    {
        while (true)
        {
            var conversation = Choose();
            if (!await conversation.OpenAsync())
            {
                tally.Count("sessions refused");
                await conversation.LeaveAsync();
                if (over.IsCancellationRequested)
                    return null;
                await PauseAsync(1000);
                continue;
            }

            tally.Count("sessions opened");
            for (var left = random.Next(1, MostSteps); left > 0 && !over.IsCancellationRequested; left--)
                await Task.WhenAll(Enumerable.Range(0, random.Next(1, MostAtOnce)).Select(_ => StepAsync(conversation)));
            if (over.IsCancellationRequested)
                return conversation;
            await EndAsync(conversation);
        }
    }

    private Task StepAsync(Conversation conversation)
    {
        if (!conversation.Server.Deeds.TryDequeue(out var step))
        {
            var cancel = conversation is not PlainConversation && random.Next(20) == 0;
            return conversation.CallAsync(Step.Any(random), cancel);
        }

        tally.Count($"deeds: {step.Name}");
        return conversation.CallAsync(step);
    }

    private async Task EndAsync(Conversation conversation)
    {
        if (random.Next(2) == 0)
        {
            await conversation.EndAsync();
            return;
        }

        // Half of those who leave do so while they wait for something.
        var waiting = random.Next(2) == 0 ? StepAsync(conversation) : Task.CompletedTask;
        await PauseAsync(100);
        tally.Count("sessions abandoned");
        await conversation.LeaveAsync();
        await waiting;
    }

    private Conversation Choose()
    {
        var server = servers[random.Next(servers.Length)];
        var (user, number) = ($"user{random.Next(Users)}", nextNumber());
        return random.Next(5) switch
        {
            0 => new PlainConversation(server, user, number, gateway, tally),
            1 or 2 => new SseConversation(server, user, number, gateway, tally),
            _ => new StreamableConversation(server, user, number, gateway, tally, listens: random.Next(2) == 0),
        };
    }

    private Task PauseAsync(int atMost) =>
        Task.Delay(TimeSpan.FromMilliseconds(random.Next(atMost)), TimeProvider.System, TestHttp.Token);
}
