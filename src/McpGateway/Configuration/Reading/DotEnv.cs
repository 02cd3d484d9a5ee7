using System.Text;
using System.Text.RegularExpressions;

namespace McpGateway.Configuration.Reading;

/// <summary>
/// Reads KEY=VALUE lines, with an optional <c>export</c>, comments, and values in single quotes (taken literally) or double
/// quotes (with the escapes \n, \r, \t, \", \$ and \\). Variables are not expanded. If a key occurs twice, the last value counts.
/// </summary>
internal static partial class DotEnv
{
    private const string Form = "is not of the form KEY=VALUE";

    /// <param name="text">The content of the file.</param>
    /// <param name="report">
    /// Called with the line number, from 1, and what is wrong in that line. It is never passed a value.
    /// </param>
    public static Dictionary<string, string> Parse(string text, Action<int, string> report)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var trimmed = line.Trim();
            if (trimmed.Length == 0 || trimmed[0] == '#')
                continue;
            if (Assignment.Match(trimmed) is not { Success: true } match)
                report(number, Form);
            else if (!TryReadValue(match.Groups["value"].Value, out var value, out var problem))
                report(number, problem);
            else
                variables[match.Groups["key"].Value] = value;
        }

        return variables;
    }

    private static bool TryReadValue(string text, out string value, out string problem)
    {
        (value, problem) = ("", "");
        if (text.Contains('\0'))
            problem = "contains a NUL character, which an environment variable cannot";
        else if (text.Length > 0 && text[0] is '"' or '\'')
            ReadQuoted(text, out value, out problem);
        else
            value = Comment.Replace(text, "").Trim();
        return problem.Length == 0;
    }

    private static void ReadQuoted(string text, out string value, out string problem)
    {
        var quote = text[0];
        var output = new StringBuilder();
        problem = "";
        var position = 1;
        for (; position < text.Length && text[position] != quote; position++)
        {
            var escaped = quote == '"' && text[position] == '\\' && position + 1 < text.Length;
            output.Append(escaped ? Unescape(text[++position]) : text[position]);
        }

        value = output.ToString();
        if (position == text.Length)
            problem = "has no closing quote; a value must be on one line, so write line breaks as \\n in double quotes";
        else if (text[(position + 1)..].TrimStart() is { Length: > 0 } rest && rest[0] != '#')
            problem = "has text after the closing quote";
    }

    // Other escapes remain as they are, as in other readers of .env files.
    private static string Unescape(char escaped) => escaped switch
    {
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        '"' or '\\' or '$' => escaped.ToString(),
        _ => $"\\{escaped}",
    };

    [GeneratedRegex(@"\A(export\s+)?(?<key>[A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(?<value>.*)\z",
        RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Assignment { get; }

    [GeneratedRegex(@"(\A|\s)#.*\z", RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Comment { get; }
}
