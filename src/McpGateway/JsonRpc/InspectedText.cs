using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace McpGateway.JsonRpc;

/// <summary>Reads the strings that a rule inspects: unescaped, and rejected when they are not well-formed.</summary>
internal static class InspectedText
{
    /// <returns>False when an escape is a lone surrogate. Some parsers replace it, others keep it.</returns>
    public static bool TryGetString(ref Utf8JsonReader reader, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = reader.GetString()!;
            return true;
        }
        catch (InvalidOperationException) // thrown by the reader for invalid UTF-16
        {
            text = null;
            return false;
        }
    }

    /// <summary>Whether it is this text, with or without escapes.</summary>
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
