using McpGateway.Sessions;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio;

/// <summary>What every <see cref="StdioBackend"/> needs of the gateway.</summary>
internal sealed record StdioParts(SessionManager Sessions, SessionlessCalls Calls, QueueBudget Budget, TimeProvider Time);
