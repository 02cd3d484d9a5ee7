using McpGateway.Sessions;

namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>Which sessions of a shared child have subscribed to which resource.</summary>
internal sealed class ResourceSubscriptions
{
    /// <summary>The most subscriptions of one session.</summary>
    public const int MaxPerSession = 1000;

    /// <summary>The longest URI, in characters.</summary>
    public const int LongestUri = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<Session>> _subscribers = new(StringComparer.Ordinal);

    public bool AnyFor(string uri)
    {
        lock (_lock)
            return _subscribers.ContainsKey(uri);
    }

    /// <summary>All resources with a subscriber.</summary>
    public IReadOnlyList<string> Uris()
    {
        lock (_lock)
            return [.. _subscribers.Keys];
    }

    public int CountOf(Session session)
    {
        lock (_lock)
            return _subscribers.Values.Count(sessions => sessions.Contains(session));
    }

    /// <returns>False when the session has ended meanwhile.</returns>
    public bool TryAdd(string uri, Session session)
    {
        lock (_lock)
        {
            if (session.IsEnded)
                return false; // RemoveAll may have come before: the subscription would stay for ever
            if (!_subscribers.TryGetValue(uri, out var sessions))
                _subscribers.Add(uri, sessions = []);
            sessions.Add(session);
            return true;
        }
    }

    public void Remove(string uri, Session session)
    {
        lock (_lock)
        {
            if (_subscribers.TryGetValue(uri, out var sessions) && sessions.Remove(session) && sessions.Count == 0)
                _subscribers.Remove(uri);
        }
    }

    /// <summary>Ends all subscriptions of a session.</summary>
    /// <returns>The resources that nobody else is subscribed to.</returns>
    public IReadOnlyList<string> RemoveAll(Session session)
    {
        lock (_lock)
        {
            foreach (var sessions in _subscribers.Values)
                sessions.Remove(session);
            string[] unused = [.. _subscribers.Where(entry => entry.Value.Count == 0).Select(entry => entry.Key)];
            foreach (var uri in unused)
                _subscribers.Remove(uri);
            return unused;
        }
    }

    /// <summary>The sessions subscribed to a resource or to one that it is a part of.</summary>
    public IReadOnlyCollection<Session> SubscribersOf(string uri)
    {
        var found = new HashSet<Session>();
        lock (_lock)
        {
            // Finds prefixes without a substring for each: a URI may have thousands of characters.
            var byPrefix = _subscribers.GetAlternateLookup<ReadOnlySpan<char>>();
            for (var end = 1; end <= Math.Min(uri.Length, LongestUri); end++)
            {
                if (EndsResource(uri, end) && byPrefix.TryGetValue(uri.AsSpan(0, end), out var sessions))
                    found.UnionWith(sessions);
            }
        }

        return found;
    }

    // An update "might be a sub-resource of the one that the client actually subscribed to" (MCP schema,
    // ResourceUpdatedNotification). "file:///a" and "file:///a/" both contain "file:///a/b", but not "file:///ab".
    private static bool EndsResource(string uri, int end) =>
        end == uri.Length || uri[end] is '/' or '?' or '#' || uri[end - 1] is '/';
}
