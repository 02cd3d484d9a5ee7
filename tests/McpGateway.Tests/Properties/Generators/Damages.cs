using FsCheck;
using FsCheck.Fluent;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties.Generators;

/// <summary>A message as bytes that somebody has been at.</summary>
internal sealed record Damaged(byte[] Utf8)
{
    public override string ToString() => Shown.Of(Utf8);
}

/// <summary>Damage to the bytes of a message.</summary>
internal static class Damages
{
    private static readonly byte[][] NoUtf8 =
    [
        [0xFF], [0x80], [0xC3], [0xE6, 0xBC], [0xF0, 0x9F, 0x98], // cut off
        [0xC0, 0xAF], [0xE0, 0x80, 0xA2], [0xF0, 0x80, 0x80, 0xA2], // overlong
        [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], // surrogates
        [0xF4, 0x90, 0x80, 0x80], // beyond U+10FFFF
    ];

    private static readonly byte[] Telling =
        [.. "{}[]\":,\\/ \t\r\n0123456789-+.eEtrufalsn"u8, 0, 0x1F, 0x7F, 0x80, 0xC0, 0xC3, 0xE2, 0xED, 0xF4, 0xFF];

    /// <summary>Whatever comes of it: it may still be a message.</summary>
    public static readonly Gen<Damaged> Any =
        from message in Gen.Frequency(
            (3, Messages.Any.Select(message => message.Utf8)), (1, Trees.NearlyMessages.Select(tree => tree.Utf8)))
        from times in Gen.Frequency((3, Gen.Constant(1)), (1, Gen.Choose(2, 5)))
        from seed in Gen.Choose(0, int.MaxValue)
        select new Damaged(Changed(message, times, new System.Random(seed)));

    /// <summary>No JSON any more, or no plain UTF-8.</summary>
    public static readonly Gen<Damaged> Fatal =
        from message in Messages.Any
        let utf8 = message.Utf8
        let end = Array.LastIndexOf(utf8, (byte)'}')
        from at in Gen.Choose(0, utf8.Length)
        from bad in Gen.Elements(NoUtf8)
        from control in Gen.Choose(0, 0x1F)
        from damaged in Gen.Elements<byte[]>(
            [.. utf8.AsSpan(0, Math.Min(at, end))],
            [.. utf8, .. utf8],
            [.. utf8, (byte)','],
            [.. "\uFEFF"u8, .. utf8],
            Inserted(utf8, at, bad),
            Inserted(utf8, Array.IndexOf(utf8, (byte)'"') + 1, [(byte)control]),
            Inserted(utf8, end, [(byte)',']),
            Inserted(utf8, end, "/**/"u8))
        select new Damaged(damaged);

    public static IEnumerable<Damaged> Simpler(Damaged damaged)
    {
        for (var length = damaged.Utf8.Length / 2; length > 0; length /= 2)
        {
            for (var at = 0; at + length <= damaged.Utf8.Length; at += length)
                yield return new Damaged([.. damaged.Utf8[..at], .. damaged.Utf8[(at + length)..]]);
        }
    }

    private static byte[] Changed(byte[] bytes, int times, System.Random random)
    {
        for (var i = 0; i < times && bytes.Length > 0; i++)
        {
            var at = random.Next(bytes.Length);
            var length = Math.Min(random.Next(1, 8), bytes.Length - at);
            var telling = Telling[random.Next(Telling.Length)];
            bytes = random.Next(10) switch
            {
                0 => [.. bytes[..at], .. bytes[(at + 1)..]],
                1 => [.. bytes[..at], .. bytes[(at + length)..]],
                2 => [.. bytes[..at], telling, .. bytes[(at + 1)..]],
                3 => Inserted(bytes, at, [telling]),
                4 => Inserted(bytes, random.Next(bytes.Length), bytes.AsSpan(at, length)),
                5 => Inserted(bytes, at, NoUtf8[random.Next(NoUtf8.Length)]),
                _ => [.. bytes[..at], Neighbour(bytes[at], random), .. bytes[(at + 1)..]],
            };
        }

        return bytes;
    }

    // Likely to be JSON still, of other names and values: another digit, the other case.
    private static byte Neighbour(byte value, System.Random random) =>
        char.IsAsciiDigit((char)value) ? (byte)random.Next('0', '9' + 1)
        : char.IsAsciiLetter((char)value) ? (byte)(value ^ 0x20)
        : value;

    private static byte[] Inserted(byte[] bytes, int at, ReadOnlySpan<byte> more) =>
        [.. bytes.AsSpan(0, at), .. more, .. bytes.AsSpan(at)];
}
