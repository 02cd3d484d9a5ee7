namespace McpGateway.Configuration.Reading;

/// <summary>Variables that only an editor can expand.</summary>
internal static class ForeignVariables
{
    private const string NoEditor = "works only in VS Code; write ";

    // https://code.visualstudio.com/docs/reference/variables-reference. Prefixes, because there are variants such as
    // ${workspaceFolder:name} and ${workspaceFolderBasename}.
    private static readonly (string Start, string Advice)[] Known =
    [
        ("input:", "${input:…} is a prompt of VS Code; write ${NAME} and set that environment variable"),
        ("workspaceFolder", $"${{workspaceFolder}} {NoEditor}the absolute path, or ${{NAME}}"),
        ("workspaceRoot", $"${{workspaceRoot}} {NoEditor}the absolute path, or ${{NAME}}"),
        ("userHome", $"${{userHome}} {NoEditor}${{HOME}}"),
        ("pathSeparator", $"${{pathSeparator}} {NoEditor}the character itself"),
        ("/", $"${{/}} {NoEditor}the character itself"),
        ("relativeFile", $"a variable for the open file {NoEditor}the absolute path"),
        ("fileBasename", $"a variable for the open file {NoEditor}the absolute path"),
        ("fileDirname", $"a variable for the open file {NoEditor}the absolute path"),
        ("fileWorkspaceFolder", $"a variable for the open file {NoEditor}the absolute path"),
        ("execPath", $"${{execPath}} {NoEditor}the absolute path"),
        ("command:", $"${{command:…}} {NoEditor}${{NAME}} and set that environment variable"),
        ("config:", $"${{config:…}} {NoEditor}${{NAME}} and set that environment variable"),
    ];

    /// <returns>What to write instead; null when the expression is none of these.</returns>
    public static string? Advice(string expression) =>
        Known.FirstOrDefault(variable => expression.StartsWith(variable.Start, StringComparison.Ordinal)).Advice;
}
