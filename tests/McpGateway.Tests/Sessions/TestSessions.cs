using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Policies.Items;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.Backends.Stdio;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpGateway.Tests.Sessions;

internal static class TestSessions
{
    /// <summary>A session for tables that only tell one from another.</summary>
    public static Session Any()
    {
        var context = new SessionContext(new QueueBudget(long.MaxValue), null!, TimeProvider.System, NullLoggerFactory.Instance);
        return new Session(
            SessionKind.Streamable, new ServerState(ServersFixture.Config()), SessionsFixture.Alice, context, _ => new NoBackend(), (_, _) => { });
    }

    /// <summary>A session that has ended.</summary>
    public static async Task<Session> EndedAsync()
    {
        var session = Any();
        await session.EndAsync().Soon();
        return session;
    }

    /// <summary>Serves nobody.</summary>
    private sealed class NoBackend : IBackendSession
    {
        public bool IsShared => true;

        public CallRegistry Calls => throw new NotSupportedException();

        public ListedItems ListedItems => throw new NotSupportedException();

        public bool AwaitsClient => false;

        public Refusal? Begin(JsonRpcMessage first) => throw new NotSupportedException();

        public ValueTask CallAsync(JsonRpcMessage request, ClientCall call) => throw new NotSupportedException();

        public ValueTask NotifyAsync(JsonRpcMessage notification, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask AnswerAsync(JsonRpcMessage answer, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Refuse(JsonRpcMessage request, JsonRpcError error) => throw new NotSupportedException();

        public void Tick(long now)
        {
            // Nothing here is changed by time.
        }

        public Task EndAsync() => Task.CompletedTask;
    }
}
