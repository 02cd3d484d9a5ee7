using System.Net;
using System.Net.Sockets;

namespace McpGateway.Policies.RateLimits;

/// <summary>Whose use is counted together.</summary>
/// <param name="Server">The server that is used; null: all together.</param>
/// <param name="Issuer">Who vouches for the subject.</param>
/// <param name="Subject">The user, or what stands for one: see <see cref="AddressOf"/>.</param>
internal readonly record struct LimitKey(string? Server, string Issuer, string Subject)
{
    // The other 64 bits are the interface's (RFC 4291, section 2.5.1), and a host may take as many of those as it likes.
    private const int PrefixBytes = 8;

    /// <summary>
    /// What stands for a client that nobody vouches for. Of an IPv6 address the first 64 bits: the rest is the client's to
    /// choose.
    /// </summary>
    /// <param name="address">Null for a connection that has none, such as a Unix socket.</param>
    public static string AddressOf(IPAddress? address)
    {
        if (address is null)
            return string.Empty;
        // A socket for both families shows IPv4 clients in this form; all of them would share one /64.
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
            return address.ToString();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[PrefixBytes..].Clear();
        return new IPAddress(bytes) + "/64";
    }
}
