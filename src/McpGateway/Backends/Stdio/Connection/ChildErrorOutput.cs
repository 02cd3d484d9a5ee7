using System.Text;
using McpGateway.Backends.Stdio.Launching;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>
/// Reads a child's stderr: each line goes to the log, redacted; the last ones also go into the error when the child is lost.
/// </summary>
internal sealed class ChildErrorOutput(SecretRedactor redactor, Action<string> log)
{
    private const int KeptLines = 10;

    // A child may print megabytes without a line break. They must not be kept in memory.
    private const int LongestLine = 8000;

    // Applied after the redaction, which would not recognize a secret that was cut in two.
    private const int LongestText = 2000;

    private readonly Queue<string> _last = new(KeptLines);

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_last)
                return [.. _last];
        }
    }

    /// <summary>Reads until the stream ends.</summary>
    public async Task RunAsync(IChildProcess process)
    {
        // Invalid bytes become replacement characters: programs print in any encoding, and an exception would end the reading.
        using var reader = new StreamReader(process.StandardError, new UTF8Encoding(false, throwOnInvalidBytes: false));
        var line = new StringBuilder();
        var buffer = new char[1024];
        for (int read; (read = await reader.ReadAsync(buffer)) > 0;)
        {
            foreach (var character in buffer.AsSpan(0, read))
            {
                if (character == '\n')
                    EndLine(line);
                // Without control characters: an escape sequence would act on the terminal that shows the log.
                else if (line.Length < LongestLine && !char.IsControl(character))
                    line.Append(character);
            }
        }

        EndLine(line); // a program that crashes often prints its last line without a line break
    }

    private void EndLine(StringBuilder line)
    {
        if (line.Length == 0)
            return;
        var text = redactor.Redact(line.ToString());
        text = text.Length > LongestText ? text[..LongestText] : text;
        line.Clear();
        lock (_last)
        {
            if (_last.Count == KeptLines)
                _last.Dequeue();
            _last.Enqueue(text);
        }

        log(text);
    }
}
