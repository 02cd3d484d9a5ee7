using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace McpGateway.JsonRpc;

/// <summary>
/// Walks the member names of one object and refuses those on which parsers disagree: a name that occurs twice, or one
/// that only looks like a name that is read. Plain short objects are checked without an allocation.
/// </summary>
internal ref struct MemberScan(MemberNames names, ReadOnlySpan<byte> message)
{
    private readonly MemberNames _names = names;
    private readonly ReadOnlySpan<byte> _message = message;
    private PlainNames _plain;
    private int _count;
    private HashSet<string>? _all;

    /// <summary>Takes the property name at the reader's position.</summary>
    /// <returns>False when a rule forbids it; <paramref name="member"/> is then what it stands for, as far as known.</returns>
    public bool TryAdd(ref Utf8JsonReader reader, out Member member)
    {
        var name = reader.ValueSpan;
        if (_all is null && _count < PlainNames.Capacity && !reader.ValueIsEscaped && Ascii.IsValid(name))
        {
            var range = new ByteRange((int)reader.TokenStartIndex + 1, name.Length);
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

    // A set from here on: comparing each with each would let one message of many names cost minutes.
    private bool AddToAll(string text)
    {
        if (_all is null)
        {
            _all = [];
            for (var i = 0; i < _count; i++)
                _all.Add(Encoding.ASCII.GetString(_plain[i].In(_message)));
        }

        return _all.Add(text);
    }

    [InlineArray(Capacity)]
    private struct PlainNames
    {
        public const int Capacity = 12;
        private ByteRange _first;
    }
}
