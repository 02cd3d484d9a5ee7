using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace McpGateway.Configuration.Model;

/// <summary>The path of a value in a JSON document, such as <c>$.mcpServers.github.args[1]</c>.</summary>
internal readonly partial record struct JsonPath(string Text)
{
    public static JsonPath Root { get; } = new("$");

    public JsonPath Property(string name) =>
        new(Plain.IsMatch(name) ? $"{Text}.{name}" : $"{Text}['{Quote(name)}']");

    public JsonPath Item(int index) => new($"{Text}[{index}]");

    /// <summary>Whether a path is equal to this one or inside it.</summary>
    public bool Contains(string path) =>
        path.StartsWith(Text, StringComparison.Ordinal) && (path.Length == Text.Length || path[Text.Length] is '.' or '[');

    public override string ToString() => Text;

    // Escaped, so that a line break in a name cannot forge another line in the log.
    private static string Quote(string name) =>
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(name).Replace("'", @"\'", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[A-Za-z_$][A-Za-z0-9_$-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain { get; }
}
