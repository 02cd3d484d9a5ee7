using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// What becomes of a remote server's refusal. Its 401 must not look like the gateway's own: a client would fetch a token that
/// does not help, or discard a good one. So neither status nor headers pass where they would mean something else here.
/// </summary>
internal static class RefusedAnswer
{
    /// <summary>The reply to a client's request that has no answer of its own to say it with.</summary>
    /// <param name="remote">What the relay needs.</param>
    /// <param name="call">The client's request.</param>
    /// <param name="response">Not a success.</param>
    /// <param name="allow">The HTTP methods that are left when the server has no use for this one.</param>
    /// <param name="id">Of the client's message; none when it holds none.</param>
    public static async Task<BackendReply> ReplyAsync(
        RemoteContext remote, RemoteCall call, HttpResponseMessage response, string allow, JsonRpcId id = default)
    {
        var status = (int)response.StatusCode;
        if (status == StatusCodes.Status405MethodNotAllowed)
            return Refusal.MethodNotAllowed(allow);
        return await TryPassAsync(remote, call, response, id)
            ?? new Refusal(RefusalReason.ServerFailed, UpstreamErrors.Status(call.Server.Name, status, response.RetryAfter()));
    }

    /// <summary>The reply to a client's request, if the server's refusal may be passed on.</summary>
    /// <param name="remote">What the relay needs.</param>
    /// <param name="call">The client's request.</param>
    /// <param name="response">Not a success.</param>
    /// <param name="id">Of the client's message; none when it holds none, or several.</param>
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
        if (!stream.TryWrite(error))
            error.Dispose();
        stream.End();
        return new BackendReply(stream, ReplyForm.Json) { Status = status };
    }

    // Many servers, the TypeScript SDK's examples first of all, answer 400 where the specification has 404: their clients are
    // stranded, for only 404 has them begin anew (Streamable HTTP, "Session Management").
    private static bool IsAboutSession(JsonRpcMessage message) =>
        JsonMembers.TryFind(message.Utf8, "error"u8, out var error) && JsonMembers.TryFind(error, "code"u8, out var code)
        && code.SequenceEqual("-32000"u8) && JsonMembers.FindText(error, "message"u8) is { } text
        && (text.Contains("session", StringComparison.OrdinalIgnoreCase)
            || text.Contains("not initialized", StringComparison.OrdinalIgnoreCase));

    private static bool MayPass(int status) => status is >= 400 and < 600 and not (
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status407ProxyAuthenticationRequired);
}
