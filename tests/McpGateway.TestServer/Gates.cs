using System.Collections.Concurrent;
using McpGateway.TestServer.Tools;

namespace McpGateway.TestServer;

/// <summary>
/// Named gates at which calls wait, so that a test controls what happens while a call is in flight. A call with the argument
/// <c>gate</c> starts its work when the tool <c>open</c> opens the gate of that name.
/// </summary>
internal sealed class Gates
{
    private readonly ConcurrentDictionary<string, Gate> _gates = new(StringComparer.Ordinal);

    public Gate? Of(Call call) => call.Argument("gate")?.GetString() is { } name ? this[name] : null;

    public Gate this[string name] => _gates.GetOrAdd(name, _ => new Gate());
}
