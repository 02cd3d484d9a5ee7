using System.Text;
using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Connection;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Supervision;

/// <summary>
/// The handshake that the gateway does itself: with a child that sessions share, with a child that replaces a lost one, and for
/// a client that skips it because it believes that its session still exists.
/// </summary>
/// <param name="Parameters">The params of initialize, a JSON object: the gateway's own, or those that a client sent.</param>
internal sealed record Handshake(string Parameters)
{
    /// <summary>No client capabilities, as JSON.</summary>
    public const string NoCapabilities = "{}";

    /// <summary>Declares nothing, so that the child sends no requests.</summary>
    public static Handshake WithoutCapabilities { get; } = Declaring(NoCapabilities);

    /// <summary>Declares these client capabilities, a JSON object, in the gateway's own name.</summary>
    public static Handshake Declaring(string capabilities) => new(GatewayClient.InitializeParams(capabilities));

    /// <summary>Does the handshake, within the server's start time-out.</summary>
    /// <returns>The child's initialize result, as JSON.</returns>
    /// <exception cref="ChildStartException">The child did not answer, or answered with an error.</exception>
    public async Task<byte[]> PerformAsync(ChildConnection child, TimeSpan timeout, TimeProvider time)
    {
        var call = new GatewayCall(child.Calls.Registry);
        await child.CallAsync(Initialize(), call);
        try
        {
            var result = await call.Result.WaitAsync(timeout, time);
            await child.SendAsync(Initialized(), CancellationToken.None);
            return result;
        }
        catch (GatewayCallException exception)
        {
            throw Failed(exception.Failure ?? Error("The server answered initialize with an error."));
        }
        catch (TimeoutException)
        {
            // The child is stopped, and not told: "The initialize request MUST NOT be cancelled by clients" (MCP, Cancellation).
            call.TryEnd(CallOutcome.TimedOut);
            throw Failed(Error($"The server did not answer initialize within {timeout} (startTimeout)."));
        }
    }

    private static ChildStartException Failed(JsonRpcError error) => new(error) { IsFailure = true };

    private static JsonRpcError Error(string message) => new(JsonRpcErrorCode.InternalError, message);

    // The connection replaces the id.
    private JsonRpcMessage Initialize() => JsonRpcMessage.Create(Encoding.UTF8.GetBytes(
        $$"""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{{Parameters}}}"""));

    /// <summary>The notification that ends it.</summary>
    public static JsonRpcMessage Initialized() =>
        JsonRpcMessage.Create(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = McpMethod.Initialized });
}
