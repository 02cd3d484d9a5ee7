using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>The progress token of a call that was answered with a task.</summary>
/// <param name="Session">The session that made the call.</param>
/// <param name="Task">The task's id.</param>
/// <param name="ClientToken">The token that the client waits for.</param>
internal sealed record TaskToken(Session Session, string Task, JsonRpcId ClientToken);
