using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.Backends.Stdio;
using McpGateway.Tests.JsonRpc;
using Microsoft.Extensions.Logging;

namespace McpGateway.Tests.Sessions;

public sealed class SessionStreamsTests
{
    [Fact]
    public async Task Open_WhatTheLastStreamLeftCannotBeDelivered_IsLoggedAndTheStreamOpens()
    {
        using var loggers = new RecordingLoggerFactory();
        // To count what is dropped fails here, and dropped is what a rule forbids that is younger than the message.
        var context = new SessionContext(new QueueBudget(long.MaxValue), null!, TimeProvider.System, loggers);
        var server = new ServerState(ServersFixture.Config());
        var session = TestSessions.Create(server, context, isShared: false);
        session.OpenStream();
        await session.DeliverAsync(Updated(), null);
        server.Update(server.Config with { Tools = new ServerToolsConfig { Allow = EquatableList<string>.Empty } });

        var stream = session.OpenStream();

        Assert.True(stream.IsOpen);
        var (name, exception) = Assert.Single(loggers.Logger.Entries);
        Assert.Equal("DeliveryFailed", name);
        Assert.IsType<NullReferenceException>(exception);
    }

    private static JsonRpcMessage Updated() =>
        Json.Message("""{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"file:///a"}}""");

    private sealed class RecordingLoggerFactory : ILoggerFactory
    {
        public RecordingLogger Logger { get; } = new();

        public ILogger CreateLogger(string categoryName) => Logger;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
            // It holds nothing.
        }
    }
}
