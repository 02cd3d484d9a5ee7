using System.Reflection;
using System.Text.Json.Nodes;
using McpGateway.JsonRpc;
using McpGateway.Servers;

namespace McpGateway.Sessions.Children;

/// <summary>
/// The handshake that the gateway does itself where no client does: with a child that sessions share, and for an SSE
/// client that came back and goes on as if nothing had happened.
/// </summary>
/// <param name="Capabilities">The client capabilities that it declares, as a JSON object.</param>
internal sealed record Handshake(string Capabilities)
{
    private static readonly string Version =
        typeof(Handshake).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>Declares nothing, so the child asks nothing.</summary>
    public static Handshake WithoutCapabilities { get; } = new("{}");

    /// <summary>Does it, within the server's start time-out.</summary>
    /// <returns>The child's initialize result, as JSON.</returns>
    /// <exception cref="HandshakeException">The child did not take part.</exception>
    public async Task<byte[]> PerformAsync(ChildConnection child, TimeSpan timeout, TimeProvider time)
    {
        var call = new GatewayCall();
        await child.CallAsync(Initialize(), call);
        try
        {
            var result = await call.Result.WaitAsync(timeout, time);
            await child.SendAsync(Initialized(), CancellationToken.None);
            return result;
        }
        catch (GatewayCallException exception)
        {
            throw new HandshakeException(exception.Failure ?? Failure("The server answered initialize with an error."));
        }
        catch (TimeoutException)
        {
            child.Forget(call);
            throw new HandshakeException(Failure($"The server did not answer initialize within {timeout} (startTimeout)."));
        }
    }

    private static JsonRpcError Failure(string message) => new(JsonRpcErrorCode.InternalError, message);

    private JsonRpcMessage Initialize() => JsonRpcMessage.Create(new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = 0,
        ["method"] = McpMethod.Initialize,
        ["params"] = new JsonObject
        {
            ["protocolVersion"] = ProtocolVersion.Latest,
            ["capabilities"] = JsonNode.Parse(Capabilities),
            ["clientInfo"] = new JsonObject { ["name"] = "McpGateway", ["version"] = Version },
        },
    });

    private static JsonRpcMessage Initialized() =>
        JsonRpcMessage.Create(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = McpMethod.Initialized });
}

/// <summary>The gateway's own handshake with a child failed.</summary>
internal sealed class HandshakeException(JsonRpcError error) : Exception(error.Message)
{
    public JsonRpcError Error { get; } = error;
}
