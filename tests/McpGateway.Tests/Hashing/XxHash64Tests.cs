using System.IO.Hashing;

namespace McpGateway.Tests.Hashing;

public sealed class XxHash64Tests
{
    // Lengths on both sides of every step of the algorithm: single bytes, 4, 8 and stripes of 32.
    // The sums are those that xxhsum 0.8.1 (-H64) prints for the same bytes.
    [Theory]
    [InlineData(0, "ef46db3751d8e999")]
    [InlineData(1, "a96c7f0ce858bbb7")]
    [InlineData(3, "56e6957632a487f9")]
    [InlineData(4, "c60d15b1e3ff8f04")]
    [InlineData(8, "3da5c7aa269683e0")]
    [InlineData(14, "1523f762201ba56e")]
    [InlineData(31, "4a74f3a1a39ad4a1")]
    [InlineData(32, "8d57d6a4671cc43d")]
    [InlineData(33, "62c9fd21ed857664")]
    [InlineData(63, "5c320a0d2707057f")]
    [InlineData(64, "7bbabbc45729d17e")]
    [InlineData(101, "fbfdf3fa1a53bc7f")]
    [InlineData(256, "7c1ff7b1d57c10d5")]
    public void Hash_KnownBytes_IsTheCanonicalXxh64(int length, string expected)
    {
        var bytes = Enumerable.Range(0, length).Select(i => (byte)((i * 31) + 7)).ToArray();

        Assert.Equal(expected, Convert.ToHexStringLower(XxHash64.Hash(bytes)));
    }

    [Fact]
    public void Hash_Null_Throws() => Assert.Throws<ArgumentNullException>(() => XxHash64.Hash(null!));
}
