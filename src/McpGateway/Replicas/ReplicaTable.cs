using System.Text.RegularExpressions;
using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Replicas;

/// <summary>The replicas and their addresses. A name that is neither listed nor matched by the pattern is none of them.</summary>
internal sealed class ReplicaTable
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

    /// <summary>The name of a gateway without other replicas; no session id contains it.</summary>
    public static string Alone => "self";

    /// <summary>Whether there are others.</summary>
    public bool IsConfigured { get; }

    /// <summary>This replica's name.</summary>
    public string Self { get; }

    /// <summary>The base URLs of the replicas in the settings, with this one: sessions can be placed there.</summary>
    public IReadOnlyDictionary<string, Uri> Members { get; }

    /// <summary>The base URL of the replica with this name.</summary>
    /// <returns>Null when no replica can have that name.</returns>
    public Uri? Find(string name)
    {
        if (Members.TryGetValue(name, out var known))
            return known;
        // Well-formed even if the pattern allows more: anybody can write a name, and it becomes part of a host name.
        return _pattern is not null && ReplicaName.IsWellFormed(name) && _pattern.IsMatch(name)
            ? new Uri(_options.AddressOf(name)) : null;
    }
}
