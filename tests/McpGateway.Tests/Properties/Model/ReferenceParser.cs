using System.Globalization;
using System.Text;
using McpGateway.Cli.DemoServer;

namespace McpGateway.Tests.Properties.Model;

/// <summary>
/// RFC 8259 written down as plainly as can be, for comparison: exactly one value, nothing that the grammar does not have.
/// </summary>
internal sealed class ReferenceParser
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _text;
    private readonly int _maxDepth;
    private int _at;

    private ReferenceParser(string text, int maxDepth)
    {
        _text = text;
        _maxDepth = maxDepth;
    }

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    /// <returns>Null when the bytes are no UTF-8, begin with a byte-order mark, or are not exactly one value.</returns>
    public static JsonTree? Parse(ReadOnlySpan<byte> utf8, int maxDepth = 256)
    {
        try
        {
            var parser = new ReferenceParser(Strict.GetString(utf8), maxDepth);
            var value = parser.Value(0);
            parser.Spaces();
            return parser._at == parser._text.Length ? value : null;
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }

    private JsonTree Value(int depth)
    {
        Spaces();
        return Current switch
        {
            '{' => Members(depth + 1),
            '[' => List(depth + 1),
            '"' => new JsonTree.Text(Text()),
            't' => Word("true"),
            'f' => Word("false"),
            'n' => Word("null"),
            _ => Number(),
        };
    }

    private JsonTree.Members Members(int depth)
    {
        var members = new List<KeyValuePair<string, JsonTree>>();
        Sequence('}', depth, () =>
        {
            Spaces();
            var name = Text();
            Spaces();
            Expect(':');
            members.Add(new(name, Value(depth)));
        });
        return new(members);
    }

    private JsonTree.List List(int depth)
    {
        var items = new List<JsonTree>();
        Sequence(']', depth, () => items.Add(Value(depth)));
        return new(items);
    }

    private void Sequence(char end, int depth, Action one)
    {
        Require(depth <= _maxDepth);
        _at++;
        Spaces();
        if (Take(end))
            return;
        do
        {
            one();
            Spaces();
        }
        while (Take(','));
        Expect(end);
    }

    private string Text()
    {
        Expect('"');
        var text = new StringBuilder();
        while (!Take('"'))
        {
            Require(_at < _text.Length && Current >= ' ');
            text.Append(Take('\\') ? Escape() : _text[_at++]);
        }

        return text.ToString();
    }

    private char Escape()
    {
        Require(_at < _text.Length);
        var kind = _text[_at++];
        if (kind == 'u')
        {
            Require(_at + 4 <= _text.Length && _text.Substring(_at, 4).All(char.IsAsciiHexDigit));
            _at += 4;
            return (char)int.Parse(_text.AsSpan(_at - 4, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        var which = "\"\\/bfnrt".IndexOf(kind, StringComparison.Ordinal);
        Require(which >= 0);
        return "\"\\/\b\f\n\r\t"[which];
    }

    private JsonTree.Scalar Number()
    {
        var start = _at;
        Take('-');
        if (!Take('0'))
            Digits();
        if (Take('.'))
            Digits();
        if (Take('e') || Take('E'))
        {
            _ = Take('+') || Take('-');
            Digits();
        }

        return new(_text[start.._at]);
    }

    private void Digits()
    {
        Require(char.IsAsciiDigit(Current));
        while (char.IsAsciiDigit(Current))
            _at++;
    }

    private JsonTree.Scalar Word(string word)
    {
        foreach (var letter in word)
            Expect(letter);
        return new(word);
    }

    private void Spaces()
    {
        while (Current is ' ' or '\t' or '\r' or '\n')
            _at++;
    }

    private bool Take(char wanted)
    {
        if (_at >= _text.Length || _text[_at] != wanted)
            return false;
        _at++;
        return true;
    }

    private void Expect(char wanted) => Require(Take(wanted));

    private void Require(bool holds)
    {
        if (!holds)
            throw new FormatException($"No JSON at {_at}.");
    }
}
