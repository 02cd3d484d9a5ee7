using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace McpGateway.Tests.Properties.Generators;

/// <summary>Strings of every kind that JSON can write.</summary>
internal static class Texts
{
    private static readonly Gen<string> Plain =
        Gen.Elements("abcxyzABCXYZ 0123456789_-./".ToCharArray()).Select(letter => letter.ToString());

    // What JSON, UTF-8 or a reader of lines may trip over.
    private static readonly Gen<string> Tricky = Gen.Elements(
        "\"", "\\", "/", "\0", "\b", "\t", "\n", "\f", "\r", "\u001F", "\u007F", "\u0085", "\u2028", "\u2029", "\uFEFF",
        "\uFFFD", "\uFFFF", "é", "e\u0301", "{", "}", "[", "]", ":", ",", "\\u0061", "\\\"", "\"id\":", "//", "\uD83D\uDE00");

    // As long as UTF-8 is: one to four bytes.
    private static readonly Gen<string> OfAnyPlane = Gen
        .OneOf(Gen.Choose(0, 0x7F), Gen.Choose(0x80, 0x7FF), Gen.Choose(0x800, 0xD7FF), Gen.Choose(0xE000, 0xFFFF),
            Gen.Choose(0x10000, 0x10FFFF))
        .Select(code => new Rune(code).ToString());

    private static readonly Gen<string> HalfOfAPair = Gen.Choose(0xD800, 0xDFFF).Select(code => ((char)code).ToString());

    public static readonly Gen<string> WellFormed = Gen
        .Frequency((4, Plain), (2, Tricky), (2, OfAnyPlane))
        .ArrayOf()
        .ScaleSize(size => Math.Min(size, 10))
        .Select(string.Concat);

    /// <summary>With one half of a surrogate pair in it.</summary>
    public static readonly Gen<string> IllFormed =
        from before in WellFormed from half in HalfOfAPair from after in WellFormed select before + half + after;

    public static readonly Gen<string> Any = Gen.Frequency((9, WellFormed), (1, IllFormed));
}
