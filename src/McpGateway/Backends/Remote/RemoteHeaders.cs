using System.Text;
using McpGateway.Configuration;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>
/// The headers of a request to a remote server: those of gateway.json, with the user's values filled in, and those of the
/// transport. No other header of the client is forwarded, least of all its credentials (MCP Security Best Practices, "Token
/// Passthrough").
/// </summary>
internal static class RemoteHeaders
{
    public const string EventStream = "text/event-stream";
    public const string Both = "application/json, " + EventStream;

    /// <returns>Null on success, otherwise which value of the user is missing.</returns>
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
        // Resumes a stream, so it belongs to a GET (MCP 2025-11-25, Streamable HTTP, "Resumability and Redelivery").
        if (accept == EventStream)
            Copy(call.Request, headers, McpHeaders.LastEventId);
        return null;
    }

    private static void Copy(IClientRequest from, Dictionary<string, string> headers, string name)
    {
        // Kestrel accepts UTF-8 in headers. HttpClient fails on it.
        if (from.Header(name) is { } value && Ascii.IsValid(value))
            headers[name] = value;
    }
}
