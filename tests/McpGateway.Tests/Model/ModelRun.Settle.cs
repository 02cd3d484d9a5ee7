using System.Text.Json.Nodes;
using McpGateway.Cli.DemoServer;
using McpGateway.Policies;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Model;

/// <summary>Waits, without letting time pass, until a step has had all its effects, and compares them.</summary>
internal sealed partial class ModelRun
{
    private readonly List<ReferenceStream> _streams = [];
    private int _barriers;
    private int _launched;

    private async Task SettleAsync()
    {
        _reference.Conclude();
        foreach (var child in _reference.Starting)
            await StartAsync(child);
        _reference.Starting.Clear();
        foreach (var child in _reference.Children.Where(child => child.Actual is not null).ToArray())
            await SettleAsync(child);
        foreach (var stream in _streams)
            await SettleAsync(stream);
        _streams.RemoveAll(stream => !stream.IsOpen);
        foreach (var session in _reference.Sessions)
            Check(!session.Actual!.IsEnded, $"{session} has ended");
        await UntilAsync(() => _manager.Count == _reference.Sessions.Count,
            () => $"{_manager.Count} sessions, not {_reference.Sessions.Count}");
        await UntilAsync(() => _server.Processes == _reference.Children.Count,
            () => $"{_server.Processes} processes, not {_reference.Children.Count} ({string.Join(", ", _reference.Children)})");
        Check(_fixture.Launcher.Count == _launched, "a child was started that nobody needs");
    }

    private async Task StartAsync(ReferenceChild child)
    {
        var actual = await _fixture.Launcher.NextAsync();
        _launched++;
        child.Actual = actual;
        if (!child.NeedsHandshake)
            return;
        var initialize = JsonNode.Parse(await actual.ReadAsync())!;
        var declared = JsonNode.Parse(child.Capabilities);
        Check((string?)initialize["method"] == "initialize",
            $"{child} was sent {initialize.ToJsonString()}, and has had no initialize");
        Check((string?)initialize["params"]!["protocolVersion"] == ProtocolVersion.Latest,
            "the gateway did not offer the latest revision");
        Check(JsonNode.DeepEquals(initialize["params"]!["capabilities"], declared),
            $"{initialize.ToJsonString()} does not declare {child.Capabilities}");
        Check(child.NewId() is var id && id.Fits(initialize["id"], out var value), "initialize has no id of the gateway's");
        id.Learn(value);
        if (child.Fails)
        {
            await actual.SayAsync(
                Text(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = value,
                    ["error"] = new JsonObject { ["code"] = 1, ["message"] = "no" } }));
            return;
        }

        await actual.AnswerAsync(value, child.InitializeResult.ToJsonString());
        var initialized = await actual.ReadAsync();
        Check(initialized.Contains("notifications/initialized", StringComparison.Ordinal),
            $"{child} was sent {initialized}, and no initialized");
    }

    // What the gateway itself answers the child comes after all that was said before, either way.
    private async Task SettleAsync(ReferenceChild child)
    {
        while (child.Expected.Count > 0)
            Take(child, await ReadAsync(child));
        var barrier = $"barrier {++_barriers}";
        await child.Actual!.SayAsync($$"""{"jsonrpc":"2.0","id":"{{barrier}}","method":"ping"}""");
        for (string line; !(line = await ReadAsync(child)).Contains(barrier, StringComparison.Ordinal);)
            Take(child, line);
    }

    private static async Task<string> ReadAsync(ReferenceChild child)
    {
        try
        {
            return await child.Actual!.ReadAsync();
        }
        catch (TimeoutException)
        {
            throw new ModelException(
                $"{child} was not sent {child.Expected.FirstOrDefault()?.ToString() ?? "the answer to its ping"}");
        }
    }

    private static void Take(ReferenceChild child, string line)
    {
        var found = child.Expected.Find(expected => expected.TryMatch(line));
        if (found is null)
            throw new ModelException($"{child} was sent {line}, but is to be sent [{string.Join(", ", child.Expected)}]");
        child.Expected.Remove(found);
        foreach (var call in child.GatewayCalls.Where(call => call.IsKnown).ToArray())
        {
            child.GatewayCalls.Remove(call);
            _ = child.Actual!.AnswerAsync(call.Value);
        }
    }

    private static async Task SettleAsync(ReferenceStream stream)
    {
        await UntilAsync(() => TryTakeAll(stream), () => $"{stream} did not get {stream.Expected[0]}");
        await UntilAsync(
            () => TryTakeAll(stream) && stream.Actual.IsOpen == stream.IsOpen,
                () => $"{stream} is {(stream.IsOpen ? "closed" : "open")}");
    }

    // True when nothing is missing.
    private static bool TryTakeAll(ReferenceStream stream)
    {
        while (stream.Actual.TryRead(out var message))
        {
            using (message)
            {
                var text = Json.Written(message);
                var at = stream.Expected.FindIndex(expected => expected.TryMatch(text));
                // Calls that fail together fail in any order.
                if (at < 0 || (at > 0 && !text.Contains("\"error\"", StringComparison.Ordinal)))
                    throw new ModelException($"{stream} got {text}, but is to get [{string.Join(", ", stream.Expected)}]");
                stream.Expected.RemoveAt(at);
            }
        }

        return stream.Expected.Count == 0;
    }

    private static async Task UntilAsync(Func<bool> condition, Func<string> otherwise)
    {
        try
        {
            await Waiting.UntilAsync(condition);
        }
        catch (OperationCanceledException)
        {
            throw new ModelException(otherwise());
        }
    }

}
