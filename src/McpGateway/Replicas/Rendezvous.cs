using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace McpGateway.Replicas;

/// <summary>
/// Rendezvous hashing (Thaler and Ravishankar, 1998): all replicas come to the same choice without asking each other, and one
/// that leaves moves only what was at it.
/// </summary>
public static class Rendezvous
{
    /// <summary>How much a replica is the place for a key; the highest has it.</summary>
    public static ulong Weight(string replica, string key) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{replica}\n{key}")));
}
