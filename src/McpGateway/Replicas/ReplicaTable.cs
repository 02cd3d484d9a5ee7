using System.Text.RegularExpressions;
using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Replicas;

/// <summary>Who the replicas are, and where. What is neither listed nor matched by the pattern is nowhere.</summary>
public sealed class ReplicaTable
{
    private readonly ReplicasOptions _options;
    private readonly Regex? _pattern;

    public ReplicaTable(IOptions<ReplicasOptions> options)
    {
        _options = options.Value;
        IsConfigured = _options.IsConfigured;
        Self = IsConfigured ? _options.Self! : Alone;
        Members = IsConfigured ? _options.Members() : new Dictionary<string, Uri>();
        if (_options.NamePattern is { } pattern)
            _pattern = ReplicaName.Compile(pattern);
    }

    /// <summary>The name of a gateway that has no others; it appears in no session id.</summary>
    public static string Alone => "self";

    /// <summary>Whether there are others.</summary>
    public bool IsConfigured { get; }

    /// <summary>This replica's name.</summary>
    public string Self { get; }

    /// <summary>The base URLs of those that are known beforehand, this one among them: sessions can be placed there.</summary>
    public IReadOnlyDictionary<string, Uri> Members { get; }

    /// <summary>Where the replica with this name is.</summary>
    /// <returns>Null when there can be none of that name.</returns>
    public Uri? Find(string name)
    {
        if (Members.TryGetValue(name, out var known))
            return known;
        return _pattern is not null && ReplicaName.IsWellFormed(name) && _pattern.IsMatch(name) ? new Uri(_options.AddressOf(name)) : null;
    }
}
