using System.Security.Cryptography;
using System.Text;

namespace McpGateway.Configuration;

/// <summary>
/// Section <c>Replicas</c> of appsettings.json: the other gateways that serve the same address. Each session lives at one of
/// them, whose name is in the session's id. Nothing is set: this gateway is alone.
/// </summary>
public sealed class ReplicasOptions
{
    public const string Section = "Replicas";

    /// <summary>What a name is replaced for in <see cref="Address"/>.</summary>
    public const string NamePlaceholder = "{name}";

    /// <summary>The shortest key, in bytes.</summary>
    public const int KeyBytes = 32;

    /// <summary>This replica's name: a host label such as <c>gw-0</c>.</summary>
    public string? Self { get; set; }

    /// <summary>The base URLs of all replicas by name, this one among them. Either these or a pattern with an address.</summary>
    public IReadOnlyDictionary<string, string> Peers { get; set => field = value ?? new Dictionary<string, string>(); } =
        new Dictionary<string, string>();

    /// <summary>A regular expression that matches a replica's whole name, such as <c>gw-[0-9]+</c>.</summary>
    public string? NamePattern { get; set; }

    /// <summary>The base URL of a replica with <c>{name}</c> in its host, such as <c>http://{name}.gw-headless:8000</c>.</summary>
    public string? Address { get; set; }

    /// <summary>
    /// Beside a pattern: how many replicas there are, numbered from 0 at the end of their names, as a StatefulSet does it.
    /// Null: not known, and then a user's sessions are not brought together at one of them.
    /// </summary>
    public int? Count { get; set; }

    /// <summary>
    /// Secrets in base64 that all replicas have in common, of at least <see cref="KeyBytes"/> bytes each. The first signs and
    /// seals, all of them verify, so that a key is replaced without an interruption.
    /// </summary>
    public IReadOnlyList<string> Keys { get; set => field = value ?? []; } = [];

    /// <summary>Whether there are others.</summary>
    public bool IsConfigured => Peers.Count > 0 || NamePattern is not null;

    /// <summary>
    /// The keys for one purpose, in their order: what is signed for one purpose then means nothing for another.
    /// </summary>
    /// <param name="purpose">A name of the gateway's own, such as <c>forwarding</c>.</param>
    /// <returns>32 bytes each (HKDF, RFC 5869, with SHA-256); none when there are no keys.</returns>
    public IReadOnlyList<byte[]> KeysFor(string purpose) => [.. Keys.Select(key => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Convert.FromBase64String(key), KeyBytes, info: Encoding.UTF8.GetBytes("mcpgateway " + purpose)))];

    /// <summary>The names that are known beforehand, this replica's among them.</summary>
    public IReadOnlyDictionary<string, Uri> Members()
    {
        var names = Peers.Count > 0 ? Peers.Keys : NumberedNames().Append(Self!).Distinct(StringComparer.Ordinal);
        return names.ToDictionary(name => name, name => new Uri(Peers.GetValueOrDefault(name) ?? AddressOf(name)), StringComparer.Ordinal);
    }

    /// <summary>The base URL of the replica with this name, by <see cref="Address"/>.</summary>
    public string AddressOf(string name) => Address!.Replace(NamePlaceholder, name, StringComparison.Ordinal);

    private IEnumerable<string> NumberedNames()
    {
        var stem = Self!.TrimEnd("0123456789".ToCharArray());
        return Enumerable.Range(0, Count ?? 0).Select(number => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{stem}{number}"));
    }
}
