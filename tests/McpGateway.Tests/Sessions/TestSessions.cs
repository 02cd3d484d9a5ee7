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
        return Create(new ServerState(ServersFixture.Config()), context, isShared: true);
    }

    /// <summary>A session without a server process.</summary>
    public static Session Create(ServerState server, SessionContext context, bool isShared) =>
        new(SessionKind.Streamable, server, SessionsFixture.Alice, context, _ => new NoBackend(isShared), (_, _) => { });

    /// <summary>A session that has ended.</summary>
    public static async Task<Session> EndedAsync()
    {
        var session = Any();
        await session.EndAsync().Soon();
        return session;
    }

    /// <summary>Serves nobody.</summary>
    private sealed class NoBackend(bool isShared) : IBackendSession
    {
        public bool IsShared => isShared;

        public CallRegistry Calls => throw new NotSupportedException();

        public ListedItems ListedItems => throw new NotSupportedException();

        public bool AwaitsClient => false;

        public Refusal? Begin(JsonRpcMessage first) => throw new NotSupportedException();

        public ValueTask CallAsync(JsonRpcMessage request, ClientCall call) => throw new NotSupportedException();

        public ValueTask NotifyAsync(JsonRpcMessage notification, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask AnswerAsync(JsonRpcMessage answer, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public void Refuse(JsonRpcMessage request, JsonRpcError error) => throw new NotSupportedException();

        public void Tick(long now)
        {
            // Nothing here is changed by time.
        }

        public Task EndAsync() => Task.CompletedTask;
    }
}
