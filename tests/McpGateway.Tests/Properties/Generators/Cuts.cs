using FsCheck;
using FsCheck.Fluent;

namespace McpGateway.Tests.Properties.Generators;

/// <summary>A way to cut bytes into pieces.</summary>
/// <param name="Sizes">Their sizes, repeated over and over; some may be 0, not all. They grow with the number of bytes.</param>
internal sealed record Cuts(IReadOnlyList<int> Sizes)
{
    // What reads a piece at a time may read again all that came before: a byte at a time of much would take minutes.
    private const int PiecesOfOneByte = 150;

    public static readonly Gen<Cuts> Any = Gen
        .Frequency(
            (1, Gen.Constant(new[] { 1 })), (1, Gen.Constant(new[] { int.MaxValue })),
            (4, Gen.Choose(0, 12).ArrayOf().Where(sizes => sizes.Any(size => size > 0))),
            (2, Gen.Choose(1, 300).ArrayOf(3)))
        .Select(sizes => new Cuts(sizes));

    public IReadOnlyList<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> bytes)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        var growth = 1 + bytes.Length / PiecesOfOneByte;
        for (var i = 0; bytes.Length > 0; i++)
        {
            var size = (int)Math.Min((long)Sizes[i % Sizes.Count] * growth, bytes.Length);
            pieces.Add(bytes[..size]);
            bytes = bytes[size..];
        }

        return pieces;
    }

    public override string ToString() => $"pieces of {string.Join(' ', Sizes)}";
}
