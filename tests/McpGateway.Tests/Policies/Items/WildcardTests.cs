using McpGateway.Policies.Items;

namespace McpGateway.Tests.Policies.Items;

public sealed class WildcardTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("read", "read", true)]
    [InlineData("read", "Read", false)]
    [InlineData("read", "read_file", false)]
    [InlineData("read", "pre_read", false)]
    [InlineData("read_*", "read_", true)]
    [InlineData("read_*", "read_file", true)]
    [InlineData("read_*", "xread_file", false)]
    [InlineData("*_file", "read_file", true)]
    [InlineData("*_file", "read_file\n", false)]
    [InlineData("*_file", "read_file2", false)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-b-c-d", false)]
    [InlineData("a**c", "abc", true)]
    [InlineData("r?ad", "read", false)]
    [InlineData("r.ad", "read", false)]
    public void Pattern_MatchesTheWholeName(string pattern, string name, bool matches) =>
        Assert.Equal(matches, Wildcard.Matches(pattern, name, ignoreCase: false));

    [Theory]
    [InlineData("delete_*", "DELETE_all", true)]
    [InlineData("löschen", "LÖSCHEN", true)]
    [InlineData("delete", "deleted", false)]
    public void Pattern_IgnoringCase_TakesBoth(string pattern, string name, bool matches) =>
        Assert.Equal(matches, Wildcard.Matches(pattern, name, ignoreCase: true));

    [Fact]
    public void Pattern_WithManyStars_CostsNoMoreThanItsLengthTimesTheNames() =>
        Assert.False(Wildcard.Matches(string.Concat(Enumerable.Repeat("a*", 50)) + "b", new string('a', 4096), ignoreCase: true));
}
