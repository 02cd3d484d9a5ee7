using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using McpGateway.Cli.DemoServer;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties.Generators;

/// <summary>Any JSON, whose names imitate those of an envelope, and the values that ids can have.</summary>
internal static class Values
{
    private static readonly Gen<string> Digits =
        from first in Gen.Choose(1, 9)
        from count in Gen.Choose(0, 40)
        from rest in Gen.Choose(0, 9).ArrayOf(count)
        select $"{first}{string.Concat(rest)}";

    // Where a number stops being exact for one parser or another.
    private static readonly Gen<string> Boundaries =
        from power in Gen.Elements(31, 32, 53, 63, 64)
        from near in Gen.Choose(-2, 2)
        from negative in Gen.Elements(false, true)
        let number = (BigInteger.One << power) + near
        select (negative ? -number : number).ToString(CultureInfo.InvariantCulture);

    private static readonly Gen<string> Integers = Gen.OneOf(
        Gen.Elements("0", "-0", "1", "-1"), Gen.Choose(-1000, 1000).Select(number => $"{number}"), Boundaries,
        Digits, Digits.Select(digits => $"-{digits}"));

    private static readonly Gen<string> Fractions =
        from whole in Integers
        from rest in Gen.Elements(".0", ".5", "e0", "E+2", "e-7", ".25e3", "e400")
        select whole + rest;

    public static readonly Gen<JsonTree> IntegerId = Integers.Select(Scalar);

    public static readonly Gen<JsonTree> TextId = Gen.Frequency(
        (4, Texts.WellFormed), (1, Integers), (1, Gen.Constant(string.Empty)), (1, LongText())).Select(Text);

    /// <summary>About as long as one can be and still be found in a line that is not kept.</summary>
    public static readonly Gen<JsonTree> LongId = Gen.Choose(250, 257).Select(length => Text(new string('x', length)));

    /// <summary>A value that an id or a progress token can have.</summary>
    public static readonly Gen<JsonTree> Id = Gen.OneOf(IntegerId, TextId);

    public static readonly Gen<JsonTree> IllFormedText = Texts.IllFormed.Select(Text);

    public static readonly Gen<JsonTree> Leaf = Gen.Frequency(
        (3, Gen.Elements("null", "true", "false").Select(Scalar)), (2, IntegerId), (2, Fractions.Select(Scalar)),
        (5, Texts.Any.Select(Text)), (1, Names.Reserved.Select(Text)));

    public static readonly Gen<JsonTree> Any = Gen.Sized(size => OfSize(Math.Min(size, 25)));

    /// <summary>Objects and arrays, and no string.</summary>
    public static readonly Gen<JsonTree> NoText = Any.Where(value => value is not JsonTree.Text);

    /// <summary>Not even null.</summary>
    public static readonly Gen<JsonTree> NoIdAndNoNull = Gen.Frequency(
        (2, Gen.Elements("true", "false").Select(Scalar)), (2, Fractions.Select(Scalar)), (2, IllFormedText),
        (2, Any.Where(value => value is JsonTree.List or JsonTree.Members)));

    public static Gen<JsonTree> NoObjectAndNoNull =>
        Any.Where(value => value is not JsonTree.Members and not JsonTree.Scalar { Raw: "null" });

    /// <summary>Nothing but objects and arrays in each other, so many deep.</summary>
    public static Gen<JsonTree> Nested(int depth) =>
        from kinds in Gen.Elements(false, true).ArrayOf(depth)
        select kinds.Aggregate((JsonTree?)null, (inner, isList) => isList
            ? new JsonTree.List(inner is null ? [] : [inner])
            : new JsonTree.Members(inner is null ? [] : [new("id", inner)]))!;

    private static Gen<JsonTree> OfSize(int size) => size < 2
        ? Leaf
        : Gen.Frequency((2, Leaf), (1, ListOfSize(size)), (3, MembersOfSize(size)));

    private static Gen<JsonTree> ListOfSize(int size) =>
        from count in Gen.Choose(0, 4)
        from items in OfSize(size / 3).ArrayOf(count)
        select (JsonTree)new JsonTree.List(items);

    private static Gen<JsonTree> MembersOfSize(int size) =>
        from count in Gen.Choose(0, 5)
        from names in Names.Any.ArrayOf(count)
        from values in OfSize(size / 3).ArrayOf(count)
        select (JsonTree)new JsonTree.Members([.. names.Zip(values, KeyValuePair.Create)]);

    private static Gen<string> LongText() =>
        from length in Gen.Choose(100, 400) from text in Texts.WellFormed select new string('x', length) + text;

    private static JsonTree Scalar(string raw) => new JsonTree.Scalar(raw);

    private static JsonTree Text(string value) => new JsonTree.Text(value);
}
