using System.Net;
using McpGateway.Policies.RateLimits;

namespace McpGateway.Tests.Policies.RateLimits;

public sealed class LimitKeyTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    public void AddressOf_Address_IsWhatItsOwnerCannotChoose(string address, string counted) =>
        Assert.Equal(counted, LimitKey.AddressOf(IPAddress.Parse(address)));

    [Fact]
    public void AddressOf_None_IsOneClient() => Assert.Empty(LimitKey.AddressOf(null));
}
