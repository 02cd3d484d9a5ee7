using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace McpGateway.Replicas;

/// <summary>
/// Rendezvous hashing (Thaler and Ravishankar, 1998): all replicas make the same choice without asking each other, and a
/// replica that leaves moves only its own keys.
/// </summary>
internal static class Rendezvous
{
    /// <summary>The weight of a replica for a key; the replica with the highest gets it.</summary>
    // SHA-256 and not GetHashCode, which .NET randomizes per process: all replicas must compute the same weight.
    public static ulong Weight(string replica, string key) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{replica}\n{key}")));
}
