using System.Text;
using McpGateway.Configuration;
using McpGateway.Http;
using McpGateway.Policies;

namespace McpGateway.Backends.Remote;

/// <summary>
/// The headers of a request to a remote server: those of gateway.json, filled in for its user, and what the transport needs. A
/// client's other headers stay here, credentials above all (MCP security best practices, "Token Passthrough").
/// </summary>
internal sealed class RemoteHeaders(CallerValues values)
{
    public const string LastEventId = "Last-Event-ID";

    /// <returns>Null when all that the server needs of its user is there.</returns>
    public Refusal? TryMake(RemoteCall call, string accept, out Dictionary<string, string> headers)
    {
        if (values.TryRead(call.Context, call.Target, out headers) is { } missing)
            return missing;
        headers["Accept"] = accept;
        if (call.Target.Transport is RemoteTransport.StreamableHttp && call.Session is { } session)
            headers[StreamableHttpHandler.SessionHeader] = session.Id;
        Copy(call.Context.Request, headers, StreamableHttpHandler.VersionHeader);
        if (!headers.ContainsKey("User-Agent"))
            Copy(call.Context.Request, headers, "User-Agent");
        if (HttpMethods.IsGet(call.Context.Request.Method))
            Copy(call.Context.Request, headers, LastEventId);
        return null;
    }

    private static void Copy(HttpRequest from, Dictionary<string, string> headers, string name)
    {
        if (from.Headers[name] is [{ Length: > 0 } value] && Ascii.IsValid(value))
            headers[name] = value;
    }
}
