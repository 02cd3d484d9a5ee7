using System.Globalization;
using System.Text.Json.Nodes;
using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Backends.Remote;

/// <summary>
/// The errors that clients get when a remote server fails. They contain the server's name in gateway.json, never its address.
/// </summary>
internal static class UpstreamErrors
{
    // A guess: how long the failure lasts is not known.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    public static JsonRpcError Of(UpstreamFailure failure, string server) => failure switch
    {
        UpstreamFailure.TimedOut => TimedOut(server, "requestTimeout"),
        UpstreamFailure.Unreachable => Error(server, "The remote server cannot be reached.", Soon),
        _ => Error(server, "The connection to the remote server broke before it answered.", Soon),
    };

    /// <summary>The refusal of a request that has no JSON-RPC response.</summary>
    public static Refusal Refusal(UpstreamFailure failure, string server) => failure switch
    {
        UpstreamFailure.Unavailable => Unavailable(server),
        UpstreamFailure.SessionLost => Policies.Refusal.SessionNotFound,
        _ => new(ReasonOf(failure), Of(failure, server)),
    };

    public static RefusalReason ReasonOf(UpstreamFailure failure) =>
        failure is UpstreamFailure.TimedOut ? RefusalReason.ServerTimedOut : RefusalReason.ServerFailed;

    public static Refusal Unavailable(string server) =>
        Overloaded(RefusalReason.Unavailable, server, "None of the remote server's addresses is available.", Soon);

    public static Refusal TooMany(string server, TimeSpan? wait) =>
        Overloaded(RefusalReason.TooMany, server, "The remote server has received too many requests.", wait ?? Soon);

    /// <param name="setting">The key of gateway.json that says how long.</param>
    /// <param name="server">The server's name.</param>
    public static JsonRpcError TimedOut(string server, string setting) =>
        Error(server, $"The remote server did not answer in time ({setting}).");

    public static JsonRpcError Cut(string server) =>
        Error(server, "The remote server closed the stream before it answered.", Soon);

    public static JsonRpcError Unreadable(string server) =>
        Error(server, "The remote server's answer is not a valid JSON-RPC message.");

    public static JsonRpcError TooLong(string server) =>
        Error(server, "The remote server's answer exceeds the limit (Limits:MessageBytes).");

    public static JsonRpcError ForeignEndpoint(string server) =>
        Error(server, "The remote server wants messages posted to another origin. They are never sent there.");

    /// <summary>The error for an HTTP status that is not a success.</summary>
    /// <param name="server">The server's name.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="wait">The value of Retry-After; null when there is none.</param>
    public static JsonRpcError Status(string server, int status, TimeSpan? wait)
    {
        var error = Error(server, status switch
        {
            StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden
                or StatusCodes.Status407ProxyAuthenticationRequired =>
                $"The remote server refuses the gateway (HTTP {status}). "
                + "The gateway's credentials are in headers in gateway.json.",
            // Not followed: the gateway would send its credentials to an address that is not in gateway.json.
            >= 300 and < 400 =>
                $"The remote server redirects (HTTP {status}), and redirects are not followed. "
                + "Write its final URL in gateway.json.",
            _ => $"The remote server failed (HTTP {status.ToString(CultureInfo.InvariantCulture)}).",
        }, wait);
        error.Data!["status"] = status;
        return error;
    }

    private static Refusal Overloaded(RefusalReason reason, string server, string message, TimeSpan wait) =>
        new(reason, Error(server, message, wait) with { Code = JsonRpcErrorCode.Overloaded }, wait);

    private static JsonRpcError Error(string server, string message, TimeSpan? retry = null)
    {
        var data = new JsonObject { ["server"] = server };
        if (retry is { } wait)
            data["retryAfterMs"] = (long)wait.TotalMilliseconds;
        return new JsonRpcError(JsonRpcErrorCode.InternalError, message, data);
    }
}
