using McpGateway.Http;
using McpGateway.JsonRpc;
using McpGateway.Policies;

namespace McpGateway.Backends.Remote;

/// <summary>
/// What becomes of a remote server's refusal. Its 401 must not look like the gateway's own: a client would get itself a token that
/// helps nothing, or throw a good one away. So neither its status nor its headers pass where they would mean something else here.
/// </summary>
internal static class RefusedAnswer
{
    /// <summary>Answers the client, if the refusal may be passed on.</summary>
    /// <param name="remote">What the relay needs.</param>
    /// <param name="call">The client's request.</param>
    /// <param name="response">Not a success.</param>
    /// <param name="id">Of the client's request; none when it holds none, or several.</param>
    /// <returns>Null when the request has been answered; else the error that is to be its answer.</returns>
    public static async Task<JsonRpcError?> TryPassAsync(RemoteContext remote, RemoteCall call, HttpResponseMessage response, JsonRpcId id)
    {
        var (context, status) = (call.Context, (int)response.StatusCode);
        if (status == StatusCodes.Status404NotFound && call.Session is not null)
        {
            await JsonRpcErrorWriter.WriteAsync(context, Refusal.SessionNotFound, id);
            return null;
        }

        if (status == StatusCodes.Status429TooManyRequests)
        {
            await JsonRpcErrorWriter.WriteAsync(context, UpstreamErrors.TooMany(call.Server.Name, response.RetryAfter()), id);
            return null;
        }

        if (MayPass(status) && await response.ReadErrorAsync(remote, call, id) is { } error)
        {
            using (error)
            {
                if (call.Session is not null && status == StatusCodes.Status400BadRequest && IsAboutSession(error))
                {
                    await JsonRpcErrorWriter.WriteAsync(context, Refusal.SessionNotFound, id);
                    return null;
                }

                context.Response.StatusCode = status;
                PostResponseWriter.WriteJson(context, error);
            }

            return null;
        }

        return UpstreamErrors.Status(call.Server.Name, status, response.RetryAfter());
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
