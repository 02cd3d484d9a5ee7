using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpGateway.JsonRpc;
using McpGateway.Servers;

namespace McpGateway.Sessions;

/// <summary>
/// The handshake that the gateway does itself where no client does: for callers without a session, and for an SSE client
/// that came back and goes on as if nothing had happened. It declares no client capabilities, so the child asks nothing.
/// </summary>
internal sealed class Handshake : PendingCall
{
    private static readonly string Version =
        typeof(Handshake).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 256 };

    private readonly TaskCompletionSource<byte[]> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Does it, within the server's start time-out.</summary>
    /// <returns>The child's initialize result, as JSON.</returns>
    /// <exception cref="HandshakeException">The child did not take part.</exception>
    public static async Task<byte[]> PerformAsync(ChildConnection child, TimeSpan timeout, TimeProvider time)
    {
        var handshake = new Handshake();
        await child.CallAsync(Initialize(), handshake);
        try
        {
            var result = await handshake._result.Task.WaitAsync(timeout, time);
            await child.SendAsync(Initialized(), CancellationToken.None);
            return result;
        }
        catch (TimeoutException)
        {
            child.Forget(handshake);
            throw new HandshakeException(new JsonRpcError(
                JsonRpcErrorCode.InternalError, $"The server did not answer initialize within {timeout} (startTimeout)."));
        }
    }

    /// <summary>The revision that an initialize result settles on; null when it does not say.</summary>
    public static string? ReadProtocolVersion(ReadOnlySpan<byte> result)
    {
        try
        {
            using var document = JsonDocument.Parse(result.ToArray(), Strict);
            return document.RootElement.ValueKind is JsonValueKind.Object
                && document.RootElement.TryGetProperty("protocolVersion", out var version)
                && version.ValueKind is JsonValueKind.String ? version.GetString() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // a member occurs twice, or a lone surrogate: what the client will read cannot be told
        }
    }

    protected internal override ValueTask OnAnswerAsync(JsonRpcMessage answer)
    {
        using (answer)
        {
            if (answer.Envelope.Kind is JsonRpcKind.Result)
                _result.TrySetResult(answer.Envelope.Result.In(answer.Utf8).ToArray());
            else
                _result.TrySetException(new HandshakeException(new JsonRpcError(
                    JsonRpcErrorCode.InternalError, "The server answered initialize with an error.")));
        }

        return default;
    }

    protected internal override ValueTask OnFailedAsync(JsonRpcError error)
    {
        _result.TrySetException(new HandshakeException(error));
        return default;
    }

    private static JsonRpcMessage Initialize() => ToMessage(new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = 0,
        ["method"] = McpMethod.Initialize,
        ["params"] = new JsonObject
        {
            ["protocolVersion"] = ProtocolVersion.Latest,
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "McpGateway", ["version"] = Version },
        },
    });

    private static JsonRpcMessage Initialized() =>
        ToMessage(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = McpMethod.Initialized });

    private static JsonRpcMessage ToMessage(JsonObject json) =>
        JsonRpcMessage.Create(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));
}

/// <summary>The gateway's own handshake with a child failed.</summary>
internal sealed class HandshakeException(JsonRpcError error) : Exception(error.Message)
{
    public JsonRpcError Error { get; } = error;
}
