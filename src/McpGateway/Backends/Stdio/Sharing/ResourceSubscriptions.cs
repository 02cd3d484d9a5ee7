namespace McpGateway.Backends.Stdio.Sharing;

/// <summary>Which sessions of a shared child have subscribed to which resource. The child knows of each resource once.</summary>
internal sealed class ResourceSubscriptions
{
    /// <summary>What one session may subscribe to.</summary>
    public const int MaxPerSession = 1000;

    /// <summary>The longest URI, in characters.</summary>
    public const int LongestUri = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<SharedChildSession>> _seats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task> _turns = new(StringComparer.Ordinal);

    /// <summary>
    /// Runs what concerns one resource one after the other: whether the child must be told depends on who is subscribed,
    /// and that on what the child answered before.
    /// </summary>
    /// <param name="uri">The resource.</param>
    /// <param name="step">Must not fail.</param>
    public Task InTurnAsync(string uri, Func<Task> step)
    {
        lock (_lock)
        {
            var turn = RunAfterAsync(_turns.GetValueOrDefault(uri, Task.CompletedTask), step);
            _turns[uri] = turn;
            _ = ForgetAfterAsync(uri, turn);
            return turn;
        }
    }

    public bool AnyFor(string uri)
    {
        lock (_lock)
            return _seats.ContainsKey(uri);
    }

    /// <summary>All that somebody is subscribed to.</summary>
    public IReadOnlyList<string> Uris()
    {
        lock (_lock)
            return [.. _seats.Keys];
    }

    public int CountOf(SharedChildSession seat)
    {
        lock (_lock)
            return _seats.Values.Count(seats => seats.Contains(seat));
    }

    /// <returns>False when the session has ended meanwhile.</returns>
    public bool TryAdd(string uri, SharedChildSession seat)
    {
        lock (_lock)
        {
            if (seat.HasLeft)
                return false;
            if (!_seats.TryGetValue(uri, out var seats))
                _seats.Add(uri, seats = []);
            seats.Add(seat);
            return true;
        }
    }

    public void Remove(string uri, SharedChildSession seat)
    {
        lock (_lock)
        {
            if (_seats.TryGetValue(uri, out var seats) && seats.Remove(seat) && seats.Count == 0)
                _seats.Remove(uri);
        }
    }

    /// <summary>Ends all subscriptions of a session.</summary>
    /// <returns>The resources that nobody else is subscribed to.</returns>
    public IReadOnlyList<string> RemoveAll(SharedChildSession seat)
    {
        lock (_lock)
        {
            foreach (var seats in _seats.Values)
                seats.Remove(seat);
            string[] unused = [.. _seats.Where(entry => entry.Value.Count == 0).Select(entry => entry.Key)];
            foreach (var uri in unused)
                _seats.Remove(uri);
            return unused;
        }
    }

    /// <summary>The sessions subscribed to a resource or to one that it is a part of.</summary>
    public IReadOnlyCollection<SharedChildSession> SubscribersOf(string uri)
    {
        var found = new HashSet<SharedChildSession>();
        lock (_lock)
        {
            var byPrefix = _seats.GetAlternateLookup<ReadOnlySpan<char>>();
            for (var end = 1; end <= Math.Min(uri.Length, LongestUri); end++)
            {
                if (EndsResource(uri, end) && byPrefix.TryGetValue(uri.AsSpan(0, end), out var seats))
                    found.UnionWith(seats);
            }
        }

        return found;
    }

    // "file:///a" and "file:///a/" both hold "file:///a/b", but not "file:///ab".
    private static bool EndsResource(string uri, int end) =>
        end == uri.Length || uri[end] is '/' or '?' or '#' || uri[end - 1] is '/';

    private static async Task RunAfterAsync(Task previous, Func<Task> step)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // never under the lock
        await step();
    }

    private async Task ForgetAfterAsync(string uri, Task turn)
    {
        await turn.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            if (_turns.TryGetValue(uri, out var last) && last == turn)
                _turns.Remove(uri);
        }
    }
}
