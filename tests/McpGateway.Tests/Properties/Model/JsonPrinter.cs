using System.Globalization;
using System.Text;

namespace McpGateway.Tests.Properties.Model;

/// <summary>
/// Writes a document in one of the many ways that JSON leaves open: space and line breaks between tokens, each letter as
/// it is or as one of its escapes.
/// </summary>
internal sealed class JsonPrinter
{
    private const string Short = "\"\\/\b\f\n\r\t";
    private const string ShortEscapes = "\"\\/bfnrt";

    private readonly StringBuilder _text = new();
    private readonly Random _random;
    private readonly double _spaces;
    private readonly double _escapes;
    private readonly bool _plainNames;

    private JsonPrinter(int style, bool plainNames)
    {
        _random = new Random(style);
        _plainNames = plainNames;
        _spaces = style == 0 ? 0 : Pick(0, 0.1, 0.5);
        _escapes = style == 0 ? 0 : Pick(0, 0.1, 0.5, 1);
    }

    /// <param name="tree">The document.</param>
    /// <param name="style">Chooses the way; 0 is the shortest.</param>
    /// <param name="plainNames">Whether names are written without an escape that they do not need.</param>
    public static byte[] Print(JsonTree tree, int style, bool plainNames = false)
    {
        var printer = new JsonPrinter(style, plainNames);
        printer.Write(tree);
        return Encoding.UTF8.GetBytes(printer._text.ToString());
    }

    private void Write(JsonTree tree)
    {
        Space();
        switch (tree)
        {
            case JsonTree.Scalar scalar:
                _text.Append(scalar.Raw);
                break;
            case JsonTree.Text text:
                WriteText(text.Value, _escapes);
                break;
            case JsonTree.List list:
                WriteAll('[', list.Items, ']', Write);
                break;
            case JsonTree.Members members:
                WriteAll('{', members.All, '}', WriteMember);
                break;
        }

        Space();
    }

    private void WriteAll<T>(char open, IReadOnlyList<T> parts, char close, Action<T> write)
    {
        _text.Append(open);
        for (var i = 0; i < parts.Count; i++)
        {
            if (i > 0)
                _text.Append(',');
            write(parts[i]);
        }

        if (parts.Count == 0)
            Space();
        _text.Append(close);
    }

    private void WriteMember(KeyValuePair<string, JsonTree> member)
    {
        Space();
        WriteText(member.Key, _plainNames ? 0 : _escapes);
        Space();
        _text.Append(':');
        Write(member.Value);
    }

    private void WriteText(string value, double escapes)
    {
        _text.Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var paired = char.IsHighSurrogate(value[i]) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]);
            var escape = MustEscape(value[i], paired) || _random.NextDouble() < escapes;
            WriteLetter(value[i], escape);
            if (paired)
                WriteLetter(value[++i], escape);
        }

        _text.Append('"');
    }

    private static bool MustEscape(char letter, bool paired) =>
        letter is < ' ' or '"' or '\\' || (char.IsSurrogate(letter) && !paired);

    private void WriteLetter(char letter, bool escape)
    {
        if (!escape)
            _text.Append(letter);
        else if (Short.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var which && _random.Next(2) == 0)
            _text.Append('\\').Append(ShortEscapes[which]);
        else
            _text.Append("\\u").Append(((int)letter).ToString(_random.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture));
    }

    private void Space()
    {
        while (_random.NextDouble() < _spaces)
            _text.Append(" \t\r\n"[_random.Next(4)]);
    }

    private double Pick(params double[] from) => from[_random.Next(from.Length)];
}
