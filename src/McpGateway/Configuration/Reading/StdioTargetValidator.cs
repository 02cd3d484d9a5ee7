using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Checks the keys of a server that is started here.</summary>
internal sealed class StdioTargetValidator(FilesRead files, Findings findings)
{
    /// <returns>The target; null when there was an error, which has then been reported.</returns>
    public StdioTarget? Validate(ServerEntry entry)
    {
        if (entry.Type is not (null or "stdio"))
            findings.Error(entry.PathOf("type"), "a server with command is of type stdio; write url for a remote one");
        if (entry.Command is { } command && string.IsNullOrWhiteSpace(command))
            findings.Error(entry.PathOf("command"), "is empty; write a program's path or name");
        if (entry.Isolation is "user")
            findings.Warn(entry.PathOf("isolation"), "callers who are not authenticated are one user, and share that user's children");
        var environment = ReadEnvironment(entry);
        if (environment.Values.Any(UserText.HasPlaceholder))
            CheckPersonal(entry);
        if (findings.HasErrorIn(entry.Path))
            return null;
        return new StdioTarget
        {
            Command = entry.Command!,
            Arguments = new EquatableList<string>(entry.Args ?? []),
            Environment = new EquatableMap<string>(environment),
            Secrets = new EquatableList<string>(environment.Values.Where(value => !UserText.HasPlaceholder(value)).Concat(findings.InsertedIn(entry.Path)).Distinct()),
            Isolation = entry.Isolation is { } isolation ? Enum.Parse<Isolation>(isolation, ignoreCase: true) : Isolation.Session,
            InheritEnvironment = entry.InheritEnvironment ?? false,
            WorkingDirectory = entry.Cwd is { Length: > 0 } folder ? files.Resolve(folder) : null,
        };
    }

    private void CheckPersonal(ServerEntry entry)
    {
        if (entry.Isolation is "shared")
            findings.Error(entry.PathOf("isolation"), "${claim:…} and ${header:…} in env are one user's, who shares the child with nobody; write session or user");
        if (entry.Warm > 0)
            findings.Error(entry.PathOf("warm"), "a child whose env has ${claim:…} or ${header:…} cannot start before its user is there; take it out");
    }

    private Dictionary<string, string> ReadEnvironment(ServerEntry entry)
    {
        var environment = entry.EnvFile is { } file ? ReadEnvFile(file, entry.PathOf("envFile")) : [];
        foreach (var (name, value) in entry.Env ?? new Dictionary<string, string>())
        {
            if (name.Length == 0 || name.Contains('=') || name.Contains('\0'))
                findings.Error(entry.PathOf("env").Property(name), "no variable can have this name; it is empty, or holds = or NUL");
            environment[name] = value;
        }

        return environment;
    }

    private Dictionary<string, string> ReadEnvFile(string file, JsonPath path)
    {
        var content = files.Read(file);
        if (content.Text is { } text)
            return DotEnv.Parse(text, (line, problem) => findings.Error(path, $"line {line} of the file {problem}"));
        findings.Error(path, $"the file {content.Failure}; relative paths start at the configuration's folder");
        return [];
    }
}
