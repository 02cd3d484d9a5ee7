using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Launching;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>Why a server's child cannot answer.</summary>
/// <param name="Server">The server's name.</param>
/// <param name="Reason">What happened, as the end of the sentence "The server 'x' …".</param>
/// <param name="Exit">How its process ended; null when it never ran or still runs.</param>
/// <param name="ErrorOutput">Its last stderr lines, redacted.</param>
/// <param name="RetryAfter">Time until it may be started again.</param>
internal sealed record ChildFailure(
    string Server, string Reason, ChildExit? Exit, IReadOnlyList<string> ErrorOutput, TimeSpan RetryAfter = default)
{
    public JsonRpcError ToError()
    {
        var data = new JsonObject { ["server"] = Server };
        if (Exit?.Code is { } code)
            data["exitCode"] = code;
        if (Exit?.Signal is { } signal)
            data["signal"] = signal;
        if (ErrorOutput.Count > 0)
            data["stderr"] = new JsonArray([.. ErrorOutput.Select(line => (JsonNode?)line)]);
        data["retryAfterMs"] = (long)Math.Ceiling(RetryAfter.TotalMilliseconds);
        return new JsonRpcError(JsonRpcErrorCode.InternalError, $"The server '{Server}' {Reason}.", data);
    }
}
