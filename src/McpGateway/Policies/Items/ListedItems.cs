using System.Text.Json.Nodes;
using McpGateway.JsonRpc;

namespace McpGateway.Policies.Items;

/// <summary>
/// What a server has listed. With rules in force nothing else may be used: a server that takes a name less strictly than it
/// lists it would otherwise serve what no rule mentions. The lists are fetched when a name is not known yet.
/// </summary>
/// <param name="ask">Sends a request of the gateway's own to the server; null when each check brings its own.</param>
internal sealed class ListedItems(Func<JsonRpcMessage, Task<GatewayAnswer>>? ask = null)
{
    // More than any real server lists; what comes after counts as not listed.
    private const int MaxPages = 200;
    private const int MaxNames = 20_000;
    // A longer name would let a server, or a client that makes up names, fill memory by few entries.
    private const int LongestName = 4096;

    // Lists that change while they are read are fetched again, but not without end.
    private const int MaxFetches = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<ItemKind, HashSet<string>> _names = [];
    private readonly Dictionary<ItemKind, Fetch> _fetching = [];
    private long _version;

    /// <summary>Whether the server has listed it, as far as is known by now.</summary>
    public bool Lists(in RequestedItem item, ToolRules rules)
    {
        // Longer names are never kept (see Add), so there is nothing to find.
        if (item.Name is not { Length: <= LongestName } name)
            return false;
        lock (_lock)
        {
            return item.Kind switch
            {
                // Resources of a template are not listed one by one (MCP, "Resource Templates").
                ItemKind.Resource => Has(ItemKind.Resource, name) || IsOfTemplate(name, rules),
                ItemKind.ResourceTemplate => Has(ItemKind.ResourceTemplate, name) || Has(ItemKind.Resource, name),
                _ => Has(item.Kind, name),
            };
        }
    }

    /// <summary>Asks the server for its lists, unless it has listed the item already.</summary>
    /// <param name="item">What is to be used.</param>
    /// <param name="rules">Those in force.</param>
    /// <param name="askHere">Sends the request for this check; null: the one for all.</param>
    /// <returns>Null when it is listed, else what to answer.</returns>
    public async Task<JsonRpcError?> CheckAsync(
        RequestedItem item, ToolRules rules, Func<JsonRpcMessage, Task<GatewayAnswer>>? askHere = null)
    {
        var sender = askHere ?? ask ?? throw new ArgumentNullException(nameof(askHere));
        ItemKind[] lists = item.Kind is ItemKind.Resource or ItemKind.ResourceTemplate
            ? [ItemKind.Resource, ItemKind.ResourceTemplate]
            : [item.Kind];
        foreach (var kind in lists)
        {
            // Again before each list: another check may have fetched it meanwhile.
            if (Lists(item, rules))
                return null;
            if (await FetchAsync(kind, sender) is { } failure)
                return failure;
        }

        return Lists(item, rules) ? null : Unknown(item.Kind);
    }

    /// <summary>What is answered for what may not be used, whether it is forbidden or there is no such thing.</summary>
    public static JsonRpcError Unknown(ItemKind kind) => new(JsonRpcErrorCode.InvalidParams,
        $"There is no such {kind.Noun()} here: the server does not list it, or the gateway's rules leave it out.");

    /// <summary>Names on a page that went to a client.</summary>
    public void Note(ItemKind kind, IEnumerable<string> names)
    {
        lock (_lock)
        {
            if (!_names.TryGetValue(kind, out var known))
                _names.Add(kind, known = new HashSet<string>(StringComparer.Ordinal));
            Add(known, names);
        }
    }

    /// <summary>The lists may be others from here on.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _version++;
            _names.Clear();
        }
    }

    private bool Has(ItemKind kind, string name) => _names.TryGetValue(kind, out var names) && names.Contains(name);

    private bool IsOfTemplate(string uri, ToolRules rules) =>
        _names.TryGetValue(ItemKind.ResourceTemplate, out var templates)
        // A template that is forbidden must not allow what it describes.
        && templates.Any(template => rules.Allow(template) && ResourceUri.IsOf(template, uri));

    // Checks that need the same list share one fetch. It is made through one caller's session, from the first page to the last,
    // since a cursor may be valid in that session only. So its failure counts for that caller alone.
    private async Task<JsonRpcError?> FetchAsync(ItemKind kind, Func<JsonRpcMessage, Task<GatewayAnswer>> sender)
    {
        for (var fetches = 1; ; fetches++)
        {
            var fetch = Join(kind, sender);
            var (failure, isStale) = await fetch.Task;
            // Another caller's session may have ended, which says nothing about this one's.
            var wasAnothers = failure is not null && fetch.Sender != sender;
            if (fetches == MaxFetches || !(isStale || wasAnothers))
                return failure;
        }
    }

    private Fetch Join(ItemKind kind, Func<JsonRpcMessage, Task<GatewayAnswer>> sender)
    {
        lock (_lock)
        {
            // A fetch from before the last change would be thrown away at its end, so it is not joined.
            if (_fetching.TryGetValue(kind, out var known) && !known.Task.IsCompleted && known.Version == _version)
                return known;
            var version = _version;
            // Task.Run: the request is sent outside the lock, which the answer's arrival may need.
            var fetch = new Fetch(sender, version, Task.Run(() => FetchAllAsync(kind, sender, version)));
            _fetching[kind] = fetch;
            return fetch;
        }
    }

    private async Task<(JsonRpcError? Failure, bool IsStale)> FetchAllAsync(
        ItemKind kind, Func<JsonRpcMessage, Task<GatewayAnswer>> sender, long version)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var parameters = cursor is null ? new JsonObject() : new JsonObject { ["cursor"] = cursor };
            var answer = await sender(JsonRpcMessage.CreateRequest(kind.ListMethod(), parameters));
            if (answer.Failure is not null)
                return (answer.Failure, false);
            // An error is no failure here: a server without such a list says "method not found".
            Add(names, answer.Result is null ? [] : ListFilter.Names(answer.Result, kind, out cursor));
            if (answer.Result is null || cursor is null)
                break; // the last page, or it has no such list
        }

        lock (_lock)
        {
            // The server said in between that its lists have changed: what was read may be the old one.
            if (version != _version)
                return (null, true);
            // Replaced and not merged: what the server no longer lists must not be allowed for ever.
            _names[kind] = names;
        }

        return (null, false);
    }

    private static void Add(HashSet<string> known, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (known.Count < MaxNames && name.Length <= LongestName)
                known.Add(name);
        }
    }

    private sealed record Fetch(
        Func<JsonRpcMessage, Task<GatewayAnswer>> Sender, long Version, Task<(JsonRpcError? Failure, bool IsStale)> Task);
}
