using System.Text;
using System.Text.Json;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.JsonRpc;

public sealed class JsonRpcIdTests
{
    [Theory]
    [InlineData("\"a\"", "\"\\u0061\"")]
    [InlineData("\"é\"", "\"\\u00e9\"")]
    [InlineData("\"/\"", "\"\\/\"")]
    [InlineData("\"😀\"", "\"\\ud83d\\uDE00\"")]
    [InlineData("0", "-0")]
    [InlineData("1", "1")]
    public void Id_SameValueWrittenDifferently_IsEqual(string one, string other)
    {
        Assert.Equal(Read(one), Read(other));
        Assert.Equal(Read(one).GetHashCode(), Read(other).GetHashCode());
    }

    [Theory]
    [InlineData("1", "\"1\"")]
    [InlineData("9223372036854775808", "\"9223372036854775808\"")]
    [InlineData("9223372036854775808", "9223372036854775809")]
    [InlineData("9223372036854775807", "-9223372036854775808")]
    [InlineData("\"a\"", "\"A\"")]
    [InlineData("\"\"", "0")]
    [InlineData("\"é\"", "\"e\\u0301\"")]
    public void Id_OtherValue_IsNotEqual(string one, string other) => Assert.NotEqual(Read(one), Read(other));

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("1E3")]
    [InlineData("9007199254740992.5")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\udc00\\ud800\"")]
    public void Id_NeitherIntegerNorWellFormedString_IsRefused(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        Assert.False(JsonRpcId.TryRead(ref reader, out var id));
        Assert.True(id.IsNone);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("9007199254740993")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890")]
    public void ToUtf8_Integer_IsTheSameDigits(string json) => Assert.Equal(json, Encoding.UTF8.GetString(Read(json).ToUtf8()));

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"a\\\"b\\\\c\\n\\u0000\"")]
    [InlineData("\"é漢😀\\u2028\"")]
    public void ToUtf8_String_ReadsBackEqualOnOneLine(string json)
    {
        var written = Encoding.UTF8.GetString(Read(json).ToUtf8());
        Assert.Equal(Read(json), Read(written));
        Assert.DoesNotContain('\n', written);
    }

    [Fact]
    public void None_IsNullAndEqualsNoId()
    {
        Assert.True(default(JsonRpcId).IsNone);
        Assert.Equal("null", Encoding.UTF8.GetString(default(JsonRpcId).ToUtf8()));
        Assert.NotEqual(default, Read("0"));
        Assert.NotEqual(default, Read("\"\""));
        Assert.False(default(JsonRpcId).TryGetInt64(out _));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-1, "-1")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    public void TryFormat_Integer_FitsTheLongestForm(long number, string expected)
    {
        Span<byte> digits = stackalloc byte[JsonRpcId.MaxIntegerBytes];
        Assert.True(((JsonRpcId)number).TryFormat(digits, out var written));
        Assert.Equal(expected, Encoding.UTF8.GetString(digits[..written]));
    }

    [Theory]
    [InlineData("\"1\"")]
    [InlineData("9223372036854775808")]
    public void TryGetInt64_StringOrTooLong_IsFalse(string json) => Assert.False(Read(json).TryGetInt64(out _));

    private static JsonRpcId Read(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        Assert.True(JsonRpcId.TryRead(ref reader, out var id));
        return id;
    }
}
