using System.Globalization;
using System.Text;

namespace McpGateway.Tests.Properties.Model;

/// <summary>
/// A JSON document that keeps all in which two of them can differ: the order of members, names that occur twice, the digits
/// of a number, halves of surrogate pairs. Its text is canonical: two documents are the same when their texts are.
/// </summary>
internal abstract record JsonTree
{
    public static readonly JsonTree Null = new Scalar("null");

    /// <summary>Levels of objects and arrays.</summary>
    public int Depth => this switch
    {
        List list => 1 + list.Items.Select(item => item.Depth).DefaultIfEmpty().Max(),
        Members members => 1 + members.All.Select(member => member.Value.Depth).DefaultIfEmpty().Max(),
        _ => 0,
    };

    public sealed override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    private void Write(StringBuilder text)
    {
        switch (this)
        {
            case Scalar scalar:
                text.Append(scalar.Raw);
                break;
            case Text { Value: var value }:
                WriteText(text, value);
                break;
            case List list:
                var open = '[';
                foreach (var item in list.Items)
                {
                    text.Append(open);
                    item.Write(text);
                    open = ',';
                }

                text.Append(list.Items.Count == 0 ? "[]" : "]");
                break;
            case Members members:
                open = '{';
                foreach (var (name, value) in members.All)
                {
                    WriteText(text.Append(open), name);
                    value.Write(text.Append(':'));
                    open = ',';
                }

                text.Append(members.All.Count == 0 ? "{}" : "}");
                break;
        }
    }

    private static void WriteText(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var letter in value)
        {
            if (letter is >= ' ' and <= '~' and not '"' and not '\\')
                text.Append(letter);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }

        text.Append('"');
    }

    /// <summary><c>null</c>, <c>true</c>, <c>false</c>, or a number as it is written.</summary>
    public sealed record Scalar(string Raw) : JsonTree;

    public sealed record Text(string Value) : JsonTree
    {
        /// <summary>Whether it holds no half of a surrogate pair.</summary>
        public bool IsWellFormed => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(Value)) == Value;
    }

    public sealed record List(IReadOnlyList<JsonTree> Items) : JsonTree;

    public sealed record Members(IReadOnlyList<KeyValuePair<string, JsonTree>> All) : JsonTree
    {
        public static readonly Members Empty = new([]);

        /// <summary>The value of the one member of this name; null when there is none, or more than one.</summary>
        public JsonTree? this[string name] => All.Count(member => member.Key == name) == 1
            ? All.Single(member => member.Key == name).Value
            : null;

        public bool Has(string name) => All.Any(member => member.Key == name);

        /// <summary>With another value at the same position, or with one more member.</summary>
        public Members With(string name, JsonTree value) => Has(name)
            ? new([.. All.Select(member => member.Key == name ? new(name, value) : member)])
            : Insert(All.Count, name, value);

        public Members Without(string name) => new([.. All.Where(member => member.Key != name)]);

        public Members Insert(int at, string name, JsonTree value) =>
            new([.. All.Take(at), new(name, value), .. All.Skip(at)]);
    }
}
