using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using McpGateway.Configuration;
using McpGateway.Sessions;
using Microsoft.Extensions.Options;

namespace McpGateway.Backends.Remote;

/// <summary>
/// Makes the session ids that clients of remote servers see: authenticated encryption (AES-256-GCM) of where the session is and
/// what the server calls it, bound to the server's name and to the user. For anyone else, and at any other server, an id does
/// not open.
/// </summary>
internal sealed class SessionSeal
{
    /// <summary>The longest id of an upstream's that is taken, in characters.</summary>
    public const int LongestId = 2048;

    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int LongestSealed = 4096;

    private readonly IReadOnlyList<byte[]> _keys;

    public SessionSeal(IOptions<ReplicasOptions> options)
    {
        var keys = options.Value.KeysFor("upstream-session");
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

    // With their lengths: no two lists of texts give the same bytes.
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

    // Nobody else can have written it: the seal was whole.
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
