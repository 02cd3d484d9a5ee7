using McpGateway.JsonRpc;

namespace McpGateway.Http;

/// <summary>
/// The outermost step: whatever fails inside without an answer of its own (routing, YARP, Kestrel, a defect) becomes a
/// JSON-RPC error. A client never gets an empty error, an HTML page or a stack trace.
/// </summary>
internal sealed partial class ErrorBodiesMiddleware(RequestDelegate next, ILogger<ErrorBodiesMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is left to be answered
        }
        // Kestrel's own verdict on the request (a body that breaks off, a bad chunk): its status is right, and no defect of ours.
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = exception.StatusCode;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            Log.Failed(log, exception, context.Request.Method, context.Request.Path);
            // What was set for the answer that failed must not describe this one, a length or a session id above all.
            context.Response.Clear();
            SecurityHeaders.Apply(context.Response);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        var response = context.Response;
        // Some errors are empty on purpose, and say so by their length.
        if (response.StatusCode >= StatusCodes.Status400BadRequest && !response.HasStarted && response.ContentLength is null
            && response.ContentType is null)
            await JsonRpcErrorWriter.WriteInFullAsync(context, response.StatusCode, Error(response.StatusCode));
    }

    private static JsonRpcError Error(int status) => status switch
    {
        StatusCodes.Status404NotFound => JsonRpcErrorWriter.UnknownServer,
        StatusCodes.Status413PayloadTooLarge =>
            new(JsonRpcErrorCode.InvalidRequest, "The body is over the limit (Limits:RequestBodyBytes)."),
        StatusCodes.Status502BadGateway => new(JsonRpcErrorCode.InternalError, "The remote server cannot be reached."),
        StatusCodes.Status503ServiceUnavailable => new(JsonRpcErrorCode.Overloaded, "No destination can serve this now."),
        StatusCodes.Status504GatewayTimeout => new(JsonRpcErrorCode.InternalError, "The remote server did not answer in time."),
        >= StatusCodes.Status500InternalServerError =>
            new(JsonRpcErrorCode.InternalError, "The gateway failed; its log tells more."),
        _ => new(JsonRpcErrorCode.InvalidRequest, "The request is not valid HTTP for this endpoint."),
    };

    private static partial class Log
    {
        // The path only: session ids travel in query strings.
        [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed", EventName = "RequestFailed")]
        public static partial void Failed(ILogger log, Exception exception, string method, string path);
    }
}
