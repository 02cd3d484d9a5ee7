using System.Text;
using McpGateway.Configuration;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// The headers of a request to a remote server: those of gateway.json, filled in for its user, and what the transport needs. A
/// client's other headers stay here, credentials above all (MCP security best practices, "Token Passthrough").
/// </summary>
internal static class RemoteHeaders
{
    public const string EventStream = "text/event-stream";
    public const string Both = "application/json, " + EventStream;

    /// <returns>Null when all that the server needs of its user is there.</returns>
    public static Refusal? TryMake(RemoteCall call, string accept, out Dictionary<string, string> headers)
    {
        if (UserValues.TryRead(call.Request, call.Target, out headers) is { } missing)
            return missing;
        headers["Accept"] = accept;
        if (call.Target.Transport is RemoteTransport.StreamableHttp && call.Session is { } session)
            headers[McpHeaders.SessionId] = session.Id;
        Copy(call.Request, headers, McpHeaders.ProtocolVersion);
        if (!headers.ContainsKey("User-Agent"))
            Copy(call.Request, headers, "User-Agent");
        if (accept == EventStream)
            Copy(call.Request, headers, McpHeaders.LastEventId);
        return null;
    }

    private static void Copy(IClientRequest from, Dictionary<string, string> headers, string name)
    {
        if (from.Header(name) is { } value && Ascii.IsValid(value))
            headers[name] = value;
    }
}
