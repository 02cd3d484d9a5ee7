using System.Text;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;
using Microsoft.Extensions.Options;

namespace McpGateway.Http;

/// <summary>What a request brings along for its user's child, or for a remote server. Its own token and key are never among it.</summary>
internal sealed class CallerValues(IOptions<AccessOptions> options)
{
    /// <returns>Null when all that the server needs is there.</returns>
    public Refusal? TryRead(HttpContext context, ServerState server, out UserEnvironment? environment) =>
        UserEnvironment.TryFill(server.Stdio, (source, name) => Find(context, source, name), out environment) is { } problem
            ? Missing(problem)
            : null;

    /// <summary>The headers of a request to a remote server, with what its user brings along.</summary>
    /// <returns>Null when all that the server needs is there.</returns>
    public Refusal? TryRead(HttpContext context, RemoteTarget target, out Dictionary<string, string> headers)
    {
        headers = new(target.Headers, StringComparer.OrdinalIgnoreCase);
        var problem = UserText.TryFill(target.Headers, (source, name) => Find(context, source, name), out var filled, out _);
        foreach (var (name, value) in filled)
        {
            if (!Ascii.IsValid(value))
                problem ??= $"This server needs a value of its user for the header {name}, and it holds more than ASCII.";
            headers[name] = value;
        }

        return problem is null ? null : Missing(problem);
    }

    private static Refusal Missing(string problem) =>
        new(RefusalReason.Forbidden, new JsonRpcError(JsonRpcErrorCode.Unauthorized, problem));

    private string? Find(HttpContext context, UserValueSource source, string name)
    {
        if (source is UserValueSource.Claim)
            return context.User.FindAll(name).Take(2).ToArray() is [var claim] ? claim.Value : null;
        return options.Value.IsUserHeader(name) && context.Request.Headers[name] is [{ } value] ? value : null;
    }
}
