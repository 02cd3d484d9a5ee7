using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// Decides what a client gets when a remote server refuses a request. A 401 of the server must not appear to be the gateway's
/// own: the client would fetch a token that does not help, or discard a valid one. So a status and headers are not relayed where
/// they would mean something else here.
/// </summary>
internal static class RefusedAnswer
{
    /// <summary>The reply to a request that has no JSON-RPC response, such as a GET or a notification.</summary>
    /// <param name="remote">The gateway's parts.</param>
    /// <param name="call">The client's request.</param>
    /// <param name="response">A response that is not a success.</param>
    /// <param name="allow">The HTTP methods to name in Allow if the server does not support this one.</param>
    /// <param name="id">The id of the client's message; none if it has none.</param>
    public static async Task<BackendReply> ReplyAsync(
        RemoteContext remote, RemoteCall call, HttpResponseMessage response, string allow, JsonRpcId id = default)
    {
        var status = (int)response.StatusCode;
        if (status == StatusCodes.Status405MethodNotAllowed)
            return Refusal.MethodNotAllowed(allow);
        return await TryPassAsync(remote, call, response, id)
            ?? new Refusal(RefusalReason.ServerFailed, UpstreamErrors.Status(call.Server.Name, status, response.RetryAfter()));
    }

    /// <summary>The reply to a client's request, if the server's refusal may be relayed.</summary>
    /// <param name="remote">The gateway's parts.</param>
    /// <param name="call">The client's request.</param>
    /// <param name="response">A response that is not a success.</param>
    /// <param name="id">The id of the client's message; none if it has none, or for a batch.</param>
    /// <returns>Null when it may not.</returns>
    public static async Task<BackendReply?> TryPassAsync(
        RemoteContext remote, RemoteCall call, HttpResponseMessage response, JsonRpcId id)
    {
        var status = (int)response.StatusCode;
        if (status == StatusCodes.Status404NotFound && call.Session is not null)
            return Refusal.SessionNotFound;
        if (status == StatusCodes.Status429TooManyRequests)
            return UpstreamErrors.TooMany(call.Server.Name, response.RetryAfter());
        if (!MayPass(status) || await response.ReadErrorAsync(remote, call, id) is not { } error)
            return null;
        if (call.Session is not null && status == StatusCodes.Status400BadRequest && IsAboutSession(error))
        {
            error.Dispose();
            return Refusal.SessionNotFound;
        }

        var stream = remote.StreamForAnswers();
        if (!stream.TryWrite(error)) // a new stream takes one message of any size
            error.Dispose();
        stream.End();
        return new BackendReply(stream, ReplyForm.Json) { Status = status };
    }

    // Many servers, such as the TypeScript SDK's examples, respond 400 to an unknown session, where the specification demands
    // 404. Only a 404 makes clients start a new session (MCP 2025-11-25, Streamable HTTP, "Session Management").
    private static bool IsAboutSession(JsonRpcMessage message) =>
        JsonMembers.TryFind(message.Utf8, "error"u8, out var error) && JsonMembers.TryFind(error, "code"u8, out var code)
        && code.SequenceEqual("-32000"u8) && JsonMembers.FindText(error, "message"u8) is { } text
        && (text.Contains("session", StringComparison.OrdinalIgnoreCase)
            || text.Contains("not initialized", StringComparison.OrdinalIgnoreCase));

    // 401, 403 and 407 concern the gateway's own credentials, and 3xx an address that clients must not learn.
    private static bool MayPass(int status) => status is >= 400 and < 600 and not (
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status407ProxyAuthenticationRequired);
}
