using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>
/// Reads gateway.json into a snapshot. Whatever the file and the environment contain, it returns errors and does not throw.
/// </summary>
/// <param name="path">The file. A relative path is relative to the working directory.</param>
/// <param name="environment">Returns a variable's value; null when it is not set.</param>
internal sealed class GatewayConfigLoader(string path, Func<string, string?> environment)
{
    /// <summary>The file's absolute path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Reads the file, and the files that it refers to, as they are now.</summary>
    public GatewayConfigResult Load()
    {
        var findings = new Findings();
        var files = new FilesRead(System.IO.Path.GetDirectoryName(Path)!, environment);
        var config = Read(files, findings);
        return new GatewayConfigResult
        {
            Config = findings.Errors.Count == 0 ? config : null,
            Errors = new EquatableList<ConfigFinding>(findings.Errors),
            Warnings = new EquatableList<ConfigFinding>(findings.Warnings),
            Files = new EquatableList<FileStamp>(files.Stamps),
        };
    }

    private GatewayConfig? Read(FilesRead files, Findings findings)
    {
        var content = files.Read(Path);
        if (content.Text is not { } text)
        {
            findings.Error(JsonPath.Root, $"{Path} {content.Failure}; create the file, or pass another one with --config");
            return null;
        }

        using var document = DocumentReader.Read(text, findings);
        if (document is null)
            return null;
        var reader = new GatewayFileReader(new Expander(environment, files, findings), findings);
        return new GatewayFileValidator(files, findings).Validate(reader.Read(document.RootElement));
    }
}
