using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Launching.Processes;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

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
    public JsonRpcError ToError() => ServerFailure.ToError(Server, Reason, RetryAfter, Details());

    private IEnumerable<KeyValuePair<string, JsonNode?>> Details()
    {
        if (Exit?.Code is { } code)
            yield return new("exitCode", code);
        if (Exit?.Signal is { } signal)
            yield return new("signal", signal);
        if (ErrorOutput.Count > 0)
            yield return new("stderr", new JsonArray([.. ErrorOutput.Select(line => (JsonNode?)line)]));
    }
}
