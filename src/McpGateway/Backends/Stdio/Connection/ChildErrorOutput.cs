using System.Text;
using McpGateway.Backends.Stdio.Launching;

namespace McpGateway.Backends.Stdio.Connection;

/// <summary>A child's stderr: each line goes to the log, redacted, and the last ones are kept for its errors.</summary>
internal sealed class ChildErrorOutput(SecretRedactor redactor, Action<string> log)
{
    private const int KeptLines = 10;

    // A child that prints megabytes without a line break must not fill the memory.
    private const int LongestLine = 8000;

    // Cut only after the redaction: a secret that lies across the cut would leave its beginning.
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
        using var reader = new StreamReader(process.StandardError, new UTF8Encoding(false, throwOnInvalidBytes: false));
        var line = new StringBuilder();
        var buffer = new char[1024];
        for (int read; (read = await reader.ReadAsync(buffer)) > 0;)
        {
            foreach (var letter in buffer.AsSpan(0, read))
            {
                if (letter == '\n')
                    EndLine(line);
                else if (line.Length < LongestLine && !char.IsControl(letter))
                    line.Append(letter);
            }
        }

        EndLine(line);
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
