using McpGateway.JsonRpc;

namespace McpGateway.Sessions;

/// <summary>
/// Rewrites progress tokens where several sessions share a server process: two clients may use the same one. A request goes on
/// with the id that the gateway gives it as its token, in both directions. Progress under that token then returns with the one
/// that the sender of the request waits for.
/// </summary>
internal static class ProgressTokens
{
    /// <summary>A request goes on, to the server or to a client.</summary>
    /// <param name="request">The request.</param>
    /// <param name="id">Its new id. If it has a progress token, that too.</param>
    public static void Replace(JsonRpcMessage request, JsonRpcId id)
    {
        if (!request.Envelope.ProgressToken.IsNone)
            request.ReplaceProgressToken(id);
    }

    /// <summary>The server reports progress of a client's call.</summary>
    /// <returns>The call. Null when the token is of no open call: after its end, the client may use the token again.</returns>
    public static ClientCall? Restore(JsonRpcMessage progress, ConnectionCalls calls)
    {
        if (calls.Find(progress.Envelope.ProgressToken) is not ClientCall { IsOpen: true, ProgressToken.IsNone: false } call)
            return null;
        progress.ReplaceProgressToken(call.ProgressToken);
        return call;
    }

    /// <summary>A client reports progress of a request that the server has sent it.</summary>
    /// <returns>False when it was sent none with this token.</returns>
    public static bool TryRestore(JsonRpcMessage progress, Session session, ServerRequestTable requests)
    {
        var token = requests.ServerTokenOf(session, progress.Envelope.ProgressToken);
        if (token.IsNone)
            return false;
        progress.ReplaceProgressToken(token);
        return true;
    }
}
