using System.Text.Json.Nodes;
using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>The error that tells a client why its server cannot answer.</summary>
internal static class ServerFailure
{
    /// <param name="server">The server's name.</param>
    /// <param name="reason">What happened, as the end of the sentence "The server 'x' …".</param>
    /// <param name="retryAfter">Time until it may be tried again.</param>
    /// <param name="details">What else is known, as members of the error's data.</param>
    public static JsonRpcError ToError(
        string server, string reason, TimeSpan retryAfter = default,
        IEnumerable<KeyValuePair<string, JsonNode?>>? details = null) =>
        new(JsonRpcErrorCode.InternalError, $"The server '{server}' {reason}.", new JsonObject(
        [
            new("server", server),
            .. details ?? [],
            new("retryAfterMs", (long)Math.Ceiling(retryAfter.TotalMilliseconds)),
        ]));
}
