using System.Collections;
using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer.Tools;

/// <summary>
/// Tools that return facts about this process, as structured content.
/// <list type="bullet">
/// <item><c>pid</c>: <c>{"pid":N,"grandchild":N|null}</c>; the text is the pid.</item>
/// <item><c>env</c> {names}: <c>{"NAME":"value"|null,…}</c>; without names, the whole environment.</item>
/// <item><c>cwd</c>: <c>{"cwd":"…"}</c>; the text is the path.</item>
/// <item><c>args</c>: <c>{"args":["…"]}</c>, including the flags.</item>
/// </list>
/// </summary>
internal static class ProcessTools
{
    public static readonly Tool[] All =
    [
        new("pid", "Shows the process id", Pid),
        new("env", "Shows environment variables", Env),
        new("cwd", "Shows the working directory", Cwd),
        new("args", "Shows the command line", Args),
    ];

    private static ToolResult Pid(Call call) =>
        new($"{Environment.ProcessId}", structured =>
        {
            structured.WriteStartObject();
            structured.WriteNumber("pid", Environment.ProcessId);
            if (call.Peer.GrandchildId is { } grandchild) structured.WriteNumber("grandchild", grandchild);
            else structured.WriteNull("grandchild");
            structured.WriteEndObject();
        });

    private static ToolResult Env(Call call)
    {
        var names = call.Argument("names") is { } given
            ? given.EnumerateArray().Select(n => n.GetString()!).ToArray()
            : [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => (string)e.Key)];
        return new($"{names.Length}", structured =>
        {
            structured.WriteStartObject();
            foreach (var name in names) structured.WriteString(name, Environment.GetEnvironmentVariable(name));
            structured.WriteEndObject();
        });
    }

    private static ToolResult Cwd(Call call) =>
        new(Environment.CurrentDirectory, structured =>
        {
            structured.WriteStartObject();
            structured.WriteString("cwd", Environment.CurrentDirectory);
            structured.WriteEndObject();
        });

    private static ToolResult Args(Call call) =>
        new($"{call.Peer.Args.Count}", structured =>
        {
            structured.WriteStartObject();
            structured.WriteStrings("args", call.Peer.Args);
            structured.WriteEndObject();
        });
}
