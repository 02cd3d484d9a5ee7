using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace McpGateway.Sessions;

/// <summary>
/// Session ids: 128 random bits, with the replica's name and a dot in front where there are replicas, and the form that an id
/// must have before anything is done with it.
/// </summary>
internal static class SessionId
{
    private const int RandomBytes = 16;
    // Far more than the gateway's own need: a sealed id holds the id of a remote server, whose length MCP leaves open.
    private const int MaxLength = 512;

    // Neither base64url nor a replica's name has one.
    private const char Dot = '.';

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <param name="replica">The replica that the session is on; null where there is only one.</param>
    public static string Create(string? replica = null)
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        var id = Base64Url.EncodeToString(random);
        return replica is null ? id : $"{replica}{Dot}{id}";
    }

    /// <summary>The name of the replica that an id says it is of. Anybody can write one.</summary>
    /// <returns>Null when it names none, or is no id.</returns>
    public static string? ReplicaOf(string id) =>
        IsWellFormed(id) && id.IndexOf(Dot, StringComparison.Ordinal) is > 0 and var end ? id[..end] : null;

    /// <summary>Whether it can be an id at all: <c>\A[A-Za-z0-9._-]{1,512}\z</c>.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> id) =>
        // Before anything else: ids go into log lines, dictionaries and the names of replicas.
        id.Length is > 0 and <= MaxLength && !id.ContainsAnyExcept(Allowed);
}
