namespace McpGateway.Configuration.Reading;

/// <summary>Variables that only an editor can fill in.</summary>
internal static class ForeignVariables
{
    private const string NoEditor = "has a meaning in VS Code only; write ";

    private static readonly (string Start, string Advice)[] Known =
    [
        ("input:", "${input:…} asks whoever sits at VS Code; write ${NAME} and set that environment variable"),
        ("workspaceFolder", $"${{workspaceFolder}} {NoEditor}the absolute path, or ${{NAME}}"),
        ("workspaceRoot", $"${{workspaceRoot}} {NoEditor}the absolute path, or ${{NAME}}"),
        ("userHome", $"${{userHome}} {NoEditor}${{HOME}}"),
        ("pathSeparator", $"${{pathSeparator}} {NoEditor}the character itself"),
        ("/", $"${{/}} {NoEditor}the character itself"),
        ("relativeFile", $"a variable of the open file {NoEditor}the absolute path"),
        ("fileBasename", $"a variable of the open file {NoEditor}the absolute path"),
        ("fileDirname", $"a variable of the open file {NoEditor}the absolute path"),
        ("fileWorkspaceFolder", $"a variable of the open file {NoEditor}the absolute path"),
        ("execPath", $"${{execPath}} {NoEditor}the absolute path"),
        ("command:", $"${{command:…}} {NoEditor}${{NAME}} and set that environment variable"),
        ("config:", $"${{config:…}} {NoEditor}${{NAME}} and set that environment variable"),
    ];

    /// <returns>What to write instead; null for an expression that is none of these.</returns>
    public static string? Advice(string expression) =>
        Known.FirstOrDefault(variable => expression.StartsWith(variable.Start, StringComparison.Ordinal)).Advice;
}
