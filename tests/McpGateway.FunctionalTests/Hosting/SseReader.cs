namespace McpGateway.FunctionalTests.Hosting;

internal sealed record SseEvent(string Name, string Data);

/// <summary>Reads text/event-stream (HTML standard, section 9.2), as far as a gateway uses it.</summary>
internal sealed class SseReader(Stream stream) : IDisposable
{
    private readonly StreamReader _lines = new(stream);

    /// <summary>Comment lines seen so far.</summary>
    public int Comments { get; private set; }

    /// <summary>When the last <c>retry</c> field says to come back, in milliseconds; null: there was none.</summary>
    public int? Retry { get; private set; }

    /// <param name="leave">Breaks the connection when it fires in the midst of a read.</param>
    /// <returns>Null at the end.</returns>
    public async ValueTask<SseEvent?> ReadAsync(CancellationToken leave)
    {
        var name = "message";
        string? data = null;
        while (await _lines.ReadLineAsync(leave) is { } line)
        {
            if (line.StartsWith(':'))
                Comments++;
            else if (line.StartsWith("retry: ", StringComparison.Ordinal))
                Retry = int.Parse(line["retry: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
            else if (line.Length == 0 && data is null)
                continue; // it ends an event without data, which is none
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line["event: ".Length..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = data is null ? line["data: ".Length..] : $"{data}\n{line["data: ".Length..]}";
            else if (line.Length == 0 && data is { Length: > 0 })
                return new SseEvent(name, data);
            else if (!line.StartsWith("id: ", StringComparison.Ordinal) && !line.StartsWith("retry: ", StringComparison.Ordinal))
                Assert.Empty(line);
        }

        return null;
    }

    public void Dispose() => _lines.Dispose();
}
