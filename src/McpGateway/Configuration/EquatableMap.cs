using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace McpGateway.Configuration;

/// <summary>
/// An immutable map with ordinal keys that compares by value, whatever the order of its entries. The reason is that of
/// <see cref="EquatableList{T}"/>.
/// </summary>
internal sealed class EquatableMap<T>(IEnumerable<KeyValuePair<string, T>> entries)
    : IReadOnlyDictionary<string, T>, IEquatable<EquatableMap<T>>
{
    // Built once per reload and read by every request, which is what a frozen dictionary is made for.
    private readonly FrozenDictionary<string, T> _entries = entries.ToFrozenDictionary(StringComparer.Ordinal);

    public static EquatableMap<T> Empty { get; } = new([]);

    public int Count => _entries.Count;

    public IEnumerable<string> Keys => _entries.Keys;

    public IEnumerable<T> Values => _entries.Values;

    public T this[string key] => _entries[key];

    public bool ContainsKey(string key) => _entries.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => _entries.TryGetValue(key, out value);

    public bool Equals(EquatableMap<T>? other) =>
        other is not null && Count == other.Count && _entries.All(entry =>
            other.TryGetValue(entry.Key, out var value) && EqualityComparer<T>.Default.Equals(entry.Value, value));

    public override bool Equals(object? obj) => Equals(obj as EquatableMap<T>);

    // XOR, since equal maps may list their entries in a different order.
    public override int GetHashCode() =>
        _entries.Aggregate(0, (hash, entry) => hash ^ HashCode.Combine(entry.Key, entry.Value));

    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, T>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
