using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace McpGateway.Configuration;

/// <summary>
/// Section <c>Replicas</c> of appsettings.json: the other gateways that serve the same address. Each session belongs to one of
/// them, and the session's id contains its name. If nothing is set, this gateway is the only one.
/// </summary>
internal sealed class ReplicasOptions
{
    public const string Section = "Replicas";

    /// <summary>The part of <see cref="Address"/> that is replaced by a replica's name.</summary>
    public const string NamePlaceholder = "{name}";

    /// <summary>The minimum length of a key, in bytes.</summary>
    // Also the length of derived keys: that of an AES-256 key, and of the hash of HMAC-SHA-256.
    public const int KeyBytes = 32;

    /// <summary>This replica's name: a DNS label such as <c>gw-0</c>.</summary>
    public string? Self { get; set; }

    /// <summary>
    /// The base URLs of all replicas by name, including this one. Set either these or a pattern and an address.
    /// </summary>
    public IReadOnlyDictionary<string, string> Peers { get; set => field = value ?? new Dictionary<string, string>(); } =
        new Dictionary<string, string>();

    /// <summary>A regular expression for the names of replicas, such as <c>gw-[0-9]+</c>. It must match a whole name.</summary>
    public string? NamePattern { get; set; }

    /// <summary>
    /// The base URL of a replica with <c>{name}</c> in its host, such as <c>http://{name}.gw-headless:8000</c>.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>
    /// With a pattern: the number of replicas, whose names end in numbers from 0 on, as in a StatefulSet. Null: unknown; the
    /// sessions of one user are then spread over several replicas.
    /// </summary>
    public int? Count { get; set; }

    /// <summary>
    /// Secrets in base64, the same on all replicas, of at least <see cref="KeyBytes"/> bytes each. The first one signs and seals,
    /// all of them verify. That allows keys to be rotated without an interruption.
    /// </summary>
    public IReadOnlyList<string> Keys { get; set => field = value ?? []; } = [];

    /// <summary>Whether there are other replicas.</summary>
    public bool IsConfigured => Peers.Count > 0 || NamePattern is not null;

    /// <summary>
    /// The keys for one purpose, in the order of <see cref="Keys"/>. A signature for one purpose is not valid for another.
    /// </summary>
    /// <param name="purpose">A constant that names the purpose.</param>
    /// <returns>Keys of 32 bytes (HKDF, RFC 5869, with SHA-256); empty when there are no keys.</returns>
    public IReadOnlyList<byte[]> KeysFor(string purpose) =>
        [.. Keys.Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, Convert.FromBase64String(key), KeyBytes,
            info: Encoding.UTF8.GetBytes("mcpgateway " + purpose)))];

    /// <summary>The replicas whose names are known in advance, including this one.</summary>
    public IReadOnlyDictionary<string, Uri> Members()
    {
        // With Self, which is a replica even if Count is missing or smaller than its number.
        var names = Peers.Count > 0 ? Peers.Keys : NumberedNames().Append(Self!).Distinct(StringComparer.Ordinal);
        return names.ToDictionary(
            name => name, name => new Uri(Peers.GetValueOrDefault(name) ?? AddressOf(name)), StringComparer.Ordinal);
    }

    /// <summary>The base URL of the replica with this name, by <see cref="Address"/>.</summary>
    public string AddressOf(string name) => Address!.Replace(NamePlaceholder, name, StringComparison.Ordinal);

    private IEnumerable<string> NumberedNames()
    {
        var stem = Self!.TrimEnd("0123456789".ToCharArray());
        return Enumerable.Range(0, Count ?? 0)
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"{stem}{number}"));
    }
}
