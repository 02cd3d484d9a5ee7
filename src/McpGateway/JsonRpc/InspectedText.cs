using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace McpGateway.JsonRpc;

/// <summary>Reads the strings that a relay rule looks at: unescaped, and refused when they are not well-formed.</summary>
internal static class InspectedText
{
    /// <returns>False for an escape of a lone surrogate, which parsers read in different ways.</returns>
    public static bool TryGetString(ref Utf8JsonReader reader, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = reader.GetString()!;
            return true;
        }
        catch (InvalidOperationException) // the reader's way of saying: no valid UTF-16
        {
            text = null;
            return false;
        }
    }

    /// <summary>Whether it is this text, however it is written.</summary>
    public static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8)
    {
        try
        {
            return reader.ValueTextEquals(utf8);
        }
        catch (InvalidOperationException) // as above
        {
            return false;
        }
    }
}
