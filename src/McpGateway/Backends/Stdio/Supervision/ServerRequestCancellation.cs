using System.Text.Json.Nodes;
using McpGateway.JsonRpc;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>Tells clients that a child which is gone no longer waits for their answers, so that nobody fills in a form in vain.</summary>
internal static partial class ServerRequestCancellation
{
    public static async Task SendAsync(IEnumerable<ServerRequest> asked, SupervisionContext context)
    {
        foreach (var request in asked)
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
        [LoggerMessage(1, LogLevel.Error, "A client could not be told that its answer is no longer awaited", EventName = "WithdrawalFailed")]
        public static partial void NotTold(ILogger log, Exception exception);
    }
}
