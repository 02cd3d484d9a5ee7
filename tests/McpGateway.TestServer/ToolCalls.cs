using System.Text.Json;
using McpGateway.TestServer.Tools;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>Runs a tools/call, as a task or not.</summary>
internal sealed class ToolCalls(Peer peer, Catalog catalog, bool servesTasks)
{
    public Task AnswerAsync(JsonElement id, JsonElement parameters, CancellationToken cancellationToken)
    {
        var name = parameters.Get("name")?.GetString() ?? throw new RpcException(RpcException.InvalidParams, "Missing name");
        var tool = catalog.Find(name);
        if (servesTasks && parameters.Get("task") is { ValueKind: JsonValueKind.Object } wanted)
            return RunTaskAsync(tool, id, parameters, peer.Tasks.Add(wanted.Get("ttl")), cancellationToken);
        return RunAsync(tool, new Call(id, parameters, peer), cancellationToken);
    }

    private async Task RunAsync(Tool tool, Call call, CancellationToken cancellationToken)
    {
        var gate = peer.Gates.Of(call);
        ToolResult result;
        peer.Calls.Begin(call.Id);
        try
        {
            if (gate is not null) await gate.PassAsync(cancellationToken);
            result = await tool.Handler(call, cancellationToken);
            await result.SendAsync(peer.Outbox, call.Id, cancellationToken);
        }
        catch (RpcException e)
        {
            // The tool `open` waits for this text, also after an error.
            gate?.Leave($"{e.Code}: {e.Message}");
            throw;
        }
        finally
        {
            peer.Calls.End(call.Id);
        }
        gate?.Leave(result.Text);
        if (result.Afterwards is { } afterwards) await afterwards(cancellationToken);
    }

    private async Task RunTaskAsync(
        Tool tool, JsonElement id, JsonElement parameters, ServerTask task, CancellationToken cancellationToken)
    {
        var call = new Call(id, parameters, peer) { TaskId = task.Id };
        await peer.Outbox.ReplyAsync(id, created =>
        {
            created.WriteStartObject();
            created.WritePropertyName("task");
            task.Write(created);
            created.WriteEndObject();
        }, cancellationToken);
        var gate = peer.Gates.Of(call);
        if (gate is not null) await gate.PassAsync(cancellationToken);
        if (await TryEndAsync(tool, call, task, cancellationToken))
            await peer.Outbox.NotifyAsync("notifications/tasks/status", task.Write, cancellationToken);
        gate?.Leave(task.Id);
    }

    private static async Task<bool> TryEndAsync(Tool tool, Call call, ServerTask task, CancellationToken cancellationToken)
    {
        try
        {
            return task.TryComplete(await tool.Handler(call, cancellationToken));
        }
        catch (RpcException e)
        {
            return task.TryFail(e);
        }
    }
}
