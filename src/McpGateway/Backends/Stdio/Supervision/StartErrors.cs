using McpGateway.Backends.Stdio.Connection;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>The answers to callers whose child could not be started.</summary>
internal static class StartErrors
{
    // A start holds its slot for no longer (StartSlot), so others have gone through by then.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public static JsonRpcError Stopped { get; } = new(JsonRpcErrorCode.InternalError, "The server's process was stopped.");

    public static JsonRpcError TooManyStarts(string server) => new ChildFailure(
        server, "is not started: too many others are being started (Limits:Starts)", null, [], Soon).ToError();

    public static JsonRpcError Explain(Exception exception, StdioServerState server) => exception switch
    {
        ChildStartException start => start.Error,
        ChildLaunchException launch => new ChildFailure(
            server.Name, "cannot be started: " + launch.Message.TrimEnd('.'), null, [], server.StartBackoff.RetryAfter).ToError(),
        // The message of any other exception may contain anything, so only the log has it.
        _ => new JsonRpcError(JsonRpcErrorCode.InternalError, "An internal error of the gateway. Its log says more."),
    };
}
