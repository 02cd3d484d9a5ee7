using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>
/// All tasks of this process. Their ids count from <c>task-1</c>, so that the ids of two children collide on purpose.
/// </summary>
internal sealed class TaskTable
{
    private readonly Lock _gate = new();
    private readonly List<ServerTask> _tasks = [];

    public ServerTask Add(JsonElement? ttl)
    {
        lock (_gate)
        {
            var task = new ServerTask($"task-{_tasks.Count + 1}", ttl);
            _tasks.Add(task);
            return task;
        }
    }

    public ServerTask Find(string id)
    {
        lock (_gate)
            return _tasks.Find(t => t.Id == id) ?? throw new RpcException(RpcException.InvalidParams, $"Task not found: {id}");
    }

    public void List(Utf8JsonWriter result)
    {
        ServerTask[] tasks;
        lock (_gate) tasks = [.. _tasks];
        result.WriteStartObject();
        result.WriteStartArray("tasks");
        foreach (var task in tasks) task.Write(result);
        result.WriteEndArray();
        result.WriteEndObject();
    }
}
