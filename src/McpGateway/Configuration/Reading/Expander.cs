using System.Text;
using System.Text.RegularExpressions;
using McpGateway.Configuration.Model;

namespace McpGateway.Configuration.Reading;

/// <summary>
/// Replaces <c>${…}</c> in the strings of gateway.json in one pass. Inserted text is not expanded again, so a secret that happens
/// to contain <c>${</c> stays as it is. Errors contain the names of variables, never their values or defaults.
/// </summary>
internal sealed partial class Expander(Func<string, string?> environment, FilesRead files, Findings findings)
{
    private const string Open = "${";

    // Variables that every process has. They are not secrets, and masking them in the output of children would make it
    // unreadable.
    private static readonly HashSet<string> Ordinary =
        ["HOME", "USER", "LOGNAME", "PATH", "PWD", "TMPDIR", "LANG", HostEnvironmentVariables.Program];

    /// <returns>The expanded text; null after an error, which has been reported.</returns>
    public string? Expand(string text, JsonPath path)
    {
        var output = new StringBuilder(text.Length);
        var failed = false;
        var position = 0;
        for (int open; (open = text.IndexOf(Open, position, StringComparison.Ordinal)) >= 0;)
        {
            if (open > position && text[open - 1] == '$')
            {
                // $${ stands for a literal ${.
                output.Append(text, position, open - 1 - position).Append(Open);
                position = open + Open.Length;
                continue;
            }

            var close = text.IndexOf('}', open);
            if (close < 0)
            {
                findings.Error(path, $"the ${{ at character {open + 1} has no closing }}; write $${{ for a literal ${{");
                return null;
            }

            output.Append(text, position, open - position);
            if (Evaluate(text[(open + Open.Length)..close], open + 1, path) is { } value)
                output.Append(value);
            else
                failed = true;
            position = close + 1;
        }

        return failed ? null : output.Append(text, position, text.Length - position).ToString();
    }

    private string? Evaluate(string expression, int column, JsonPath path)
    {
        if (expression.Contains(Open, StringComparison.Ordinal))
            return Fail(path, $"the ${{…}} at character {column} contains another one; they cannot be nested");
        if (expression.StartsWith("file:", StringComparison.Ordinal))
            return Recorded(FromFile(expression["file:".Length..], path), path);
        // Before the variables of editors: these two are the gateway's own.
        if (OfUser.Match(expression) is { Success: true } user)
        {
            var source = user.Groups["source"].Value == "claim" ? UserValueSource.Claim : UserValueSource.Header;
            return UserText.Placeholder(source, user.Groups["name"].Value);
        }

        if (ForeignVariables.Advice(expression) is { } advice)
            return Fail(path, advice);
        if (Variable.Match(expression) is { Success: true } match)
            return FromEnvironment(match.Groups["name"].Value, match.Groups["default"], path) is var value
                && Ordinary.Contains(match.Groups["name"].Value) ? value : Recorded(value, path);
        return Fail(path, $"the ${{…}} at character {column} is none of ${{NAME}}, ${{NAME:-default}}, ${{env:NAME}}, "
            + "${file:PATH}, ${claim:NAME} and ${header:NAME}; write $${ for a literal ${");
    }

    private string? Recorded(string? value, JsonPath path)
    {
        // Operating systems end arguments and variables at a NUL, and UserText marks placeholders with it.
        if (value?.Contains('\0') is true)
            return Fail(path, ValueReader.HoldsNul);
        if (value is not null)
            findings.Inserted(path, value);
        return value;
    }

    private string? FromFile(string name, JsonPath path)
    {
        var content = files.Read(name);
        if (content.Text is not { } text)
        {
            return Fail(path,
                $"the file in ${{file:{name}}} {content.Failure}; relative paths start at the folder of gateway.json");
        }

        // One trailing newline is dropped: editors and `echo` add it, and it would break a token or a header.
        var end = text.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : text.EndsWith('\n') ? 1 : 0;
        return text[..^end];
    }

    // As in a shell, the default after :- also replaces an empty value.
    private string? FromEnvironment(string name, Group fallback, JsonPath path)
    {
        var value = environment(name);
        if (fallback.Success)
            return string.IsNullOrEmpty(value) ? fallback.Value : value;
        return value ?? Fail(path, $"the environment variable {name} is not set; set it, or write ${{{name}:-default}}");
    }

    private string? Fail(JsonPath path, string message)
    {
        findings.Error(path, message);
        return null;
    }

    // No default is allowed: a user without a value must not get a value that is meant for somebody else.
    [GeneratedRegex(@"\A(?<source>claim|header):(?<name>[A-Za-z0-9_./#-]+(:[A-Za-z0-9_./#]+)*)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex OfUser { get; }

    [GeneratedRegex(@"\A(env:)?(?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>.*))?\z",
        RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Variable { get; }
}
