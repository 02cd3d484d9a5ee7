using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Servers;
using McpGateway.Sessions;
using Microsoft.Extensions.Options;

namespace McpGateway.Transports;

/// <summary>What a request brings along for the environment of its user's child. Its own token and key are never among it.</summary>
internal sealed class CallerValues(IOptions<AccessOptions> options)
{
    /// <returns>Null when all that the server needs is there.</returns>
    public Refusal? TryRead(HttpContext context, ServerState server, out UserEnvironment? environment) =>
        UserEnvironment.TryFill(server.Stdio, (source, name) => Find(context, source, name), out environment) is { } problem
            ? new Refusal(RefusalReason.Forbidden, new JsonRpcError(JsonRpcErrorCode.Unauthorized, problem))
            : null;

    private string? Find(HttpContext context, UserValueSource source, string name)
    {
        if (source is UserValueSource.Claim)
            return context.User.FindAll(name).Take(2).ToArray() is [var claim] ? claim.Value : null;
        return options.Value.IsUserHeader(name) && context.Request.Headers[name] is [{ } value] ? value : null;
    }
}
