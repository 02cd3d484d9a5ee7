using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace McpGateway.Access.Authentication;

/// <summary>
/// The unverified claims of a token about itself, from which the keys to verify it with are chosen. Anything but a signed JWT in
/// compact form (RFC 7515, section 7.1) is refused here.
/// </summary>
/// <param name="Issuer">The claim <c>iss</c>.</param>
/// <param name="Algorithm">The header <c>alg</c>.</param>
/// <param name="KeyId">The header <c>kid</c>; null when it has none.</param>
internal sealed record TokenPeek(string Issuer, string Algorithm, string? KeyId)
{
    // Longer than any real token, and half of what all headers of a request may have by default (Limits:HeaderBytes).
    private const int MaximumLength = 16 * 1024;

    // No padding (RFC 7515, section 2), although decoders accept it. A token that is refused here gets a reason, and is counted.
    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <returns>Null when it is not such a token.</returns>
    public static TokenPeek? Of(string token)
    {
        var parts = token.Split('.');
        if (token.Length > MaximumLength || parts.Length != 3 || token.AsSpan().ContainsAnyExcept(Characters))
            return null;
        using var header = Parse(parts[0]);
        using var payload = Parse(parts[1]);
        // `crit` lists extensions that must be understood (RFC 7515, section 4.1.11). None is understood here.
        if (header is null || payload is null || header.RootElement.TryGetProperty("crit", out _))
            return null;
        return Text(payload, "iss") is { } issuer && Text(header, "alg") is { } algorithm
            && HasTextOrNothing(header, "kid", out var key)
            ? new TokenPeek(issuer, algorithm, key)
            : null;
    }

    /// <summary>Parses a header or a payload: one JSON object without duplicate names.</summary>
    /// <returns>Null when it is not such an object.</returns>
    public static JsonDocument? Parse(string part)
    {
        try
        {
            var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
            return null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null; // not a JWT; the caller refuses the token
        }
    }

    private static string? Text(JsonDocument document, string name) =>
        HasTextOrNothing(document, name, out var text) ? text : null;

    private static bool HasTextOrNothing(JsonDocument document, string name, out string? text)
    {
        text = null;
        if (!document.RootElement.TryGetProperty(name, out var value))
            return true;
        if (value.ValueKind != JsonValueKind.String)
            return false;
        try
        {
            text = value.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // half of a surrogate pair
        }
    }
}
