using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>Checks the keys of a server that is started as a child process.</summary>
internal sealed class StdioTargetValidator(FilesRead files, Findings findings)
{
    /// <returns>The target; null after an error, which has been reported.</returns>
    public StdioTarget? Validate(ServerEntry entry)
    {
        if (entry.Type is not (null or "stdio"))
        {
            findings.Error(entry.PathOf("type"), "must be stdio, because the server has a command; for a remote server, write "
                + "url instead");
        }

        if (entry.Command is { } command && string.IsNullOrWhiteSpace(command))
            findings.Error(entry.PathOf("command"), "is empty; write the path or the name of a program");
        // Only a warning: whether callers authenticate is not in this file.
        if (entry.Isolation is "user")
        {
            findings.Warn(entry.PathOf("isolation"), "all callers that are not authenticated count as one user and share "
                + "child processes");
        }

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
            Secrets = new EquatableList<string>(SecretsIn(environment).Concat(findings.InsertedIn(entry.Path)).Distinct()),
            // Never fails: the reader accepts only the three names.
            Isolation = entry.Isolation is { } isolation ? Enum.Parse<Isolation>(isolation, ignoreCase: true) : Isolation.Session,
            InheritEnvironment = entry.InheritEnvironment ?? false,
            WorkingDirectory = entry.Cwd is { Length: > 0 } folder ? files.Resolve(folder) : null,
        };
    }

    // A value with a placeholder is not known yet: the gateway masks what it fills in for each user.
    private static IEnumerable<string> SecretsIn(Dictionary<string, string> environment) =>
        environment.Values.Where(value => !UserText.HasPlaceholder(value));

    private void CheckPersonal(ServerEntry entry)
    {
        if (entry.Isolation is "shared")
        {
            findings.Error(entry.PathOf("isolation"),
                "cannot be shared, because env contains values of one user (${claim:…} or ${header:…}); write session or user");
        }

        if (entry.Warm > 0)
        {
            findings.Error(entry.PathOf("warm"),
                "cannot be used, because env contains ${claim:…} or ${header:…}, so no child can start without a user; "
                + "remove it");
        }
    }

    private Dictionary<string, string> ReadEnvironment(ServerEntry entry)
    {
        var environment = entry.EnvFile is { } file ? ReadEnvFile(file, entry.PathOf("envFile")) : [];
        foreach (var (name, value) in entry.Env ?? new Dictionary<string, string>())
        {
            if (name.Length == 0 || name.Contains('=') || name.Contains('\0'))
            {
                findings.Error(entry.PathOf("env").Property(name), "is not a valid name for a variable; it must not be empty "
                    + "or contain = or NUL");
            }

            environment[name] = value;
        }

        return environment;
    }

    private Dictionary<string, string> ReadEnvFile(string file, JsonPath path)
    {
        var content = files.Read(file);
        if (content.Text is { } text)
            return DotEnv.Parse(text, (line, problem) => findings.Error(path, $"line {line} of the file {problem}"));
        findings.Error(path, $"the file {content.Failure}; relative paths start at the folder of gateway.json");
        return [];
    }
}
