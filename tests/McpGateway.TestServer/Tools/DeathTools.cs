using System.Diagnostics;

namespace McpGateway.TestServer.Tools;

/// <summary>
/// Tools that end the process without a response.
/// <list type="bullet">
/// <item><c>crash</c> {code, stderr}: writes the text to stderr, if any, and exits with the code.</item>
/// <item><c>abort</c>: sends SIGKILL to itself.</item>
/// </list>
/// </summary>
internal static class DeathTools
{
    public static readonly Tool[] All =
    [
        new("crash", "Exits with the given code", CrashAsync),
        new("abort", "Kills itself", Abort),
    ];

    private static async Task<ToolResult> CrashAsync(Call call, CancellationToken cancellationToken)
    {
        if (call.Argument("stderr")?.GetString() is { } text)
            await Console.Error.WriteLineAsync(text.AsMemory(), cancellationToken);
        Environment.Exit(call.Number("code", 1));
        throw new UnreachableException();
    }

    private static ToolResult Abort(Call call)
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        throw new UnreachableException();
    }
}
