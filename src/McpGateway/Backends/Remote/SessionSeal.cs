using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using McpGateway.Configuration;
using McpGateway.Sessions;
using Microsoft.Extensions.Options;

namespace McpGateway.Backends.Remote;

/// <summary>
/// Creates the session ids that clients of remote servers see: the session's address and the server's own id, encrypted and
/// authenticated (AES-256-GCM), and bound to the server's name and the user. For anyone else, and at any other server, an id
/// does not open.
/// </summary>
internal sealed class SessionSeal
{
    /// <summary>The longest session id that is accepted from a remote server, in characters.</summary>
    public const int LongestId = 2048;

    private const int KeyBytes = 32;

    // Random nonces of 96 bits are safe for 2^32 ids with one key (NIST SP 800-38D, section 8.3).
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // More than a sealed LongestId takes. Longer texts are not even decoded.
    private const int LongestSealed = 4096;

    private readonly IReadOnlyList<byte[]> _keys;

    public SessionSeal(IOptions<ReplicasOptions> options)
    {
        var keys = options.Value.KeysFor("upstream-session");
        // Without configured keys, sessions are lost when the gateway restarts, and no other replica can open them.
        _keys = keys.Count > 0 ? keys : [RandomNumberGenerator.GetBytes(KeyBytes)];
    }

    public string Seal(string server, SessionOwner owner, UpstreamSession session)
    {
        var plain = Join(session.Destination, session.Id);
        var box = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(_keys[0], TagBytes);
        cipher.Encrypt(
            box.AsSpan(0, NonceBytes), plain, box.AsSpan(NonceBytes, plain.Length), box.AsSpan(^TagBytes..),
            Binding(server, owner));
        return Base64Url.EncodeToString(box);
    }

    /// <returns>Null for what was not sealed here for this server and this user.</returns>
    public UpstreamSession? Open(string server, SessionOwner owner, string id)
    {
        if (id.Length > LongestSealed || !Base64Url.IsValid(id, out var length) || length < NonceBytes + TagBytes)
            return null;
        var box = Base64Url.DecodeFromChars(id);
        var plain = new byte[box.Length - NonceBytes - TagBytes];
        // All keys: while keys are being changed, ids that were sealed with the old one stay valid.
        foreach (var key in _keys)
        {
            if (TryOpen(key, box, plain, Binding(server, owner)))
                return Split(plain);
        }

        return null;
    }

    private static bool TryOpen(byte[] key, ReadOnlySpan<byte> box, Span<byte> plain, byte[] binding)
    {
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(box[..NonceBytes], box[NonceBytes..^TagBytes], box[^TagBytes..], plain, binding);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static byte[] Binding(string server, SessionOwner owner) => Join(server, owner.Issuer, owner.Subject);

    // With the lengths, so that no two lists of texts have the same bytes.
    private static byte[] Join(params ReadOnlySpan<string> texts)
    {
        using var joined = new MemoryStream();
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            joined.Write(length);
            joined.Write(bytes);
        }

        return joined.ToArray();
    }

    // Not checked: the tag has proved that Join wrote it.
    private static UpstreamSession Split(ReadOnlySpan<byte> plain)
    {
        var destination = Take(ref plain);
        return new UpstreamSession(destination, Take(ref plain));
    }

    private static string Take(ref ReadOnlySpan<byte> from)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(from);
        var text = Encoding.UTF8.GetString(from.Slice(sizeof(int), length));
        from = from[(sizeof(int) + length)..];
        return text;
    }
}
