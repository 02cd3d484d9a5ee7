using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace McpGateway.Sessions;

/// <summary>Session ids: 128 random bits, and the form that an id must have before it is looked at.</summary>
public static class SessionId
{
    private const int RandomBytes = 16;
    private const int MaxLength = 512;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static string Create()
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    /// <summary>Whether it can be an id at all: <c>\A[A-Za-z0-9._-]{1,512}\z</c>.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> id) =>
        id.Length is > 0 and <= MaxLength && !id.ContainsAnyExcept(Allowed);
}
