using System.Text.Json;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Chaos;

/// <summary>The errors that a client which breaks no rule may get, by HTTP status and code. Any other is a finding.</summary>
internal static class ForeseenErrors
{
    /// <summary>Counts an error.</summary>
    /// <param name="status">Of the HTTP answer that it came with.</param>
    /// <param name="message">The JSON-RPC message.</param>
    /// <param name="retryAfter">The header; null for none.</param>
    /// <param name="server">Whose child it is about.</param>
    /// <param name="tally">Counts it.</param>
    public static void Judge(int status, JsonElement message, string? retryAfter, string server, Tally tally)
    {
        var (code, text) = (message.Code(), message.ErrorMessage());
        tally.Count($"errors {status} {code}");
        tally.Count($"errors {status} {code}: {Tally.Alike(text).Replace($"'{server}'", "'…'", StringComparison.Ordinal)}");
        var foreseen = (status, code) switch
        {
            (404, -32001) => text.StartsWith("The session does not exist or has ended", StringComparison.Ordinal),
            (503 or 429, -32003) => retryAfter is not null,
            (200, -32603 or -32003) => IsAboutChild(message, server),
            _ => false,
        };
        if (!foreseen)
            tally.Fail($"an error that is not foreseen: {status} {message.GetRawText()}");
    }

    // It names the server and says when to try again.
    private static bool IsAboutChild(JsonElement message, string server) =>
        message.Get("error").TryGetProperty("data", out var data)
        && data.Get("server").GetString() == server && data.Get("retryAfterMs").GetInt64() >= 0;
}
