using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpGateway.TestServer.Wire;

/// <summary>Writes whole lines to stdout, one at a time, from any thread.</summary>
internal sealed class Outbox(Stream stdout) : IDisposable
{
    // Like most servers, this one does not escape characters outside ASCII. The gateway must relay them unchanged.
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 512 };

    // The lines of concurrent calls must not be mixed.
    private readonly SemaphoreSlim _writing = new(1, 1);

    public Task ReplyAsync(JsonElement id, Action<Utf8JsonWriter> result, CancellationToken cancellationToken) =>
        SendAsync(message =>
        {
            message.WriteRaw("id", id);
            message.WritePropertyName("result");
            result(message);
        }, cancellationToken);

    public Task ReplyErrorAsync(JsonElement id, RpcException error, CancellationToken cancellationToken) =>
        SendAsync(message =>
        {
            message.WriteRaw("id", id);
            message.WriteStartObject("error");
            message.WriteNumber("code", error.Code);
            message.WriteString("message", error.Message);
            if (error.Details is { } data) message.WriteRaw("data", data);
            message.WriteEndObject();
        }, cancellationToken);

    public Task NotifyAsync(string method, Action<Utf8JsonWriter> parameters, CancellationToken cancellationToken) =>
        SendAsync(message =>
        {
            message.WriteString("method", method);
            message.WritePropertyName("params");
            parameters(message);
        }, cancellationToken);

    /// <summary>Sends a JSON-RPC message. <paramref name="members"/> writes what follows after <c>jsonrpc</c>.</summary>
    public Task SendAsync(Action<Utf8JsonWriter> members, CancellationToken cancellationToken)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var message = new Utf8JsonWriter(line, Options))
        {
            message.WriteStartObject();
            message.WriteString("jsonrpc", "2.0");
            members(message);
            message.WriteEndObject();
        }
        line.Write("\n"u8);
        return SendRawAsync(line.WrittenMemory, cancellationToken);
    }

    /// <summary>Sends bytes unchanged. The caller adds the newline.</summary>
    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await stdout.WriteAsync(bytes, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();
}
