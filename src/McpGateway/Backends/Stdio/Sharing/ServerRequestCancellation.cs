using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>
/// Tells clients that a lost child no longer waits for their answers, so that no user fills in a form for nothing.
/// </summary>
internal static partial class ServerRequestCancellation
{
    public static async Task SendAsync(IEnumerable<ServerRequest> requests, SupervisionContext context)
    {
        foreach (var request in requests)
        {
            try
            {
                await request.Session.DeliverAsync(Cancelled(request.ClientId), request.Call);
            }
            catch (Exception exception)
            {
                Log.NotTold(context.Loggers.CreateLogger(typeof(ServerRequestCancellation)), exception);
            }
        }
    }

    private static JsonRpcMessage Cancelled(long id) => JsonRpcMessage.Create(new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["method"] = McpMethod.Cancelled,
        ["params"] = new JsonObject { ["requestId"] = id, ["reason"] = "the server's process has ended" },
    });

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A client could not be told that its answer is no longer awaited",
            EventName = "CancellationFailed")]
        public static partial void NotTold(ILogger log, Exception exception);
    }
}
