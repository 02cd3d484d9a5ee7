using McpGateway.Sessions;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio;

/// <summary>The gateway's parts that every <see cref="StdioBackend"/> uses.</summary>
internal sealed record StdioParts(SessionManager Sessions, SessionlessCalls Calls, QueueBudget Budget, TimeProvider Time);
