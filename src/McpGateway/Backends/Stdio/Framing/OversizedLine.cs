using System.Text.Json;
using McpGateway.JsonRpc;

namespace McpGateway.Backends.Stdio.Framing;

/// <summary>
/// Finds the id of a message that is too long to keep, so that the call to which it belongs can be failed. Some servers write
/// <c>id</c> first and some last, so the whole line is read. Only names and scalars of its outermost object are kept.
/// </summary>
internal sealed class OversizedLine
{
    // Enough for the ids that the gateway gives to calls, which are integers.
    private const int KeptBytes = 256;

    private readonly byte[] _token = new byte[KeptBytes];
    private int _tokenLength;
    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _isValue;
    private bool _isId;

    /// <summary>The id of the outermost object; none when there was no readable one.</summary>
    public JsonRpcId Id { get; private set; }

    /// <summary>Whether it has a method, and so is not an answer.</summary>
    public bool HasMethod { get; private set; }

    /// <summary>The number of bytes read so far.</summary>
    public long Length { get; private set; }

    // By hand, because Utf8JsonReader needs each string as a whole, and a string may be most of the line.
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        foreach (var value in bytes)
        {
            if (_inString)
                InString(value);
            else
                Between(value);
        }
    }

    private void InString(byte value)
    {
        Keep(value);
        if (_escaped)
            _escaped = false;
        else if (value == '\\')
            _escaped = true;
        else if (value == '"')
            _inString = false;
    }

    private void Between(byte value)
    {
        switch (value)
        {
            case (byte)'"':
                _inString = true;
                Keep(value);
                break;
            case (byte)'{' or (byte)'[':
                _depth++;
                break;
            case (byte)'}' or (byte)']':
                if (_depth-- == 1)
                    EndOfMember();
                break;
            case (byte)':' when _depth == 1:
                EndOfName();
                break;
            case (byte)',' when _depth == 1:
                EndOfMember();
                break;
            default:
                if (_isValue && value > ' ')
                    Keep(value);
                break;
        }
    }

    private void Keep(byte value)
    {
        // One byte beyond what can be kept marks the token as too long.
        if (_depth == 1 && _tokenLength < _token.Length)
            _token[_tokenLength++] = value;
    }

    private void EndOfName()
    {
        // Not unescaped: a name in disguise is not found, and its call ends by its time-out.
        var name = _token.AsSpan(0, _tokenLength);
        _isId = name.SequenceEqual("\"id\""u8);
        HasMethod |= name.SequenceEqual("\"method\""u8);
        _isValue = true;
        _tokenLength = 0;
    }

    private void EndOfMember()
    {
        if (_isId && _tokenLength is > 0 and < KeptBytes)
            Id = ReadId(_token.AsSpan(0, _tokenLength));
        _isId = _isValue = false;
        _tokenLength = 0;
    }

    private static JsonRpcId ReadId(ReadOnlySpan<byte> token)
    {
        var reader = new Utf8JsonReader(token);
        try
        {
            return reader.Read() && JsonRpcId.TryRead(ref reader, out var id) ? id : default;
        }
        catch (JsonException)
        {
            return default; // not JSON: the line has no id
        }
    }
}
