using System.Buffers;
using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>
/// The cheapest possible server, for benchmarks. It reads and writes synchronously on one thread, writes the responses to all
/// lines of a read at once, and parses only the id and the method. It is neither strict nor concurrent.
/// </summary>
internal static class FastServer
{
    public static int Run(Flags flags)
    {
        using var stdin = StandardStreams.OpenInput();
        using var stdout = StandardStreams.OpenOutput();
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        var buffer = new byte[64 * 1024];
        var filled = 0;
        int read;
        while ((read = stdin.Read(buffer.AsSpan(filled))) > 0)
        {
            filled += read;
            var rest = buffer.AsSpan(0, filled);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..]) Answer(rest[..end], output, flags);
            rest.CopyTo(buffer); // the start of a line whose end has not arrived yet
            filled = rest.Length;
            if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            // One system call for all responses: under load, system calls are most of the cost.
            stdout.Write(output.WrittenSpan);
            output.ResetWrittenCount();
        }
        return 0;
    }

    private static void Answer(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> output, Flags flags)
    {
        var reader = new Utf8JsonReader(line);
        ReadOnlySpan<byte> id = default;
        var hasMethod = false;
        var isInitialize = false;
        reader.Read();
        // Clients write both before params, so the reader rarely parses the whole line.
        while (!(hasMethod && id.Length > 0) && reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            var isMethod = reader.ValueTextEquals("method"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (isMethod) (hasMethod, isInitialize) = (true, reader.ValueTextEquals("initialize"u8));
            reader.Skip();
            if (isId) id = line[start..(int)reader.BytesConsumed];
        }
        if (!hasMethod || id.IsEmpty) return;
        output.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        output.Write(id);
        if (isInitialize) WriteHandshake(line, output, flags);
        else output.Write(",\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"ok\"}]}}\n"u8);
    }

    private static void WriteHandshake(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> output, Flags flags)
    {
        output.Write(",\"result\":"u8);
        using (var result = new Utf8JsonWriter(output))
        {
            Handshake.Answer(JsonElement.Parse(line).Get("params") ?? default, flags)(result);
        }
        output.Write("}\n"u8);
    }
}
