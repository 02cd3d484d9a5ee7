using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace McpGateway.JsonRpc;

/// <summary>
/// Checks the member names of one object and refuses those on which parsers disagree: a duplicate, or a name that only resembles
/// one that is read. Objects with few members and plain names are checked without an allocation.
/// </summary>
internal ref struct MemberScan(MemberNames names, ReadOnlySpan<byte> message)
{
    private readonly MemberNames _names = names;
    private readonly ReadOnlySpan<byte> _message = message;
    private PlainNames _plain;
    private int _count;
    private HashSet<string>? _all;

    /// <summary>Checks the property name at the reader's position.</summary>
    /// <returns>False when the name is refused. <paramref name="member"/> is then the member it means, if known.</returns>
    public bool TryAdd(ref Utf8JsonReader reader, out Member member)
    {
        var name = reader.ValueSpan;
        if (_all is null && _count < PlainNames.Capacity && !reader.ValueIsEscaped && Ascii.IsValid(name))
        {
            // The token begins with its quotation mark, the name after it. Not escaped, so the bytes are the name.
            var range = new ByteRange((int)reader.TokenStartIndex + 1, name.Length);
            // Not &&: the name must be recorded even if it is refused, to find its duplicates.
            return _names.TryFind(name, out member) & AddPlain(range, name);
        }

        member = Member.Other;
        return InspectedText.TryGetString(ref reader, out var text) && _names.TryFind(text, out member) & AddToAll(text);
    }

    private bool AddPlain(ByteRange range, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_plain[i].In(_message).SequenceEqual(name))
                return false;
        }

        _plain[_count++] = range;
        return true;
    }

    // From here on a set: comparing every pair would let a message with very many names take minutes of processor time.
    private bool AddToAll(string text)
    {
        if (_all is null)
        {
            // The names so far go along, or a duplicate of one of them would not be found.
            _all = [];
            for (var i = 0; i < _count; i++)
                _all.Add(Encoding.ASCII.GetString(_plain[i].In(_message)));
        }

        return _all.Add(text);
    }

    [InlineArray(Capacity)]
    private struct PlainNames
    {
        // More members than an ordinary message has in its root, params or _meta.
        public const int Capacity = 12;
        private ByteRange _first;
    }
}
