using System.Text.Json;
using McpGateway.TestServer.Tools;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer;

/// <summary>A tools/call that runs as a task (revision 2025-11-25). It ends once; anything later is ignored.</summary>
internal sealed class ServerTask(string id, JsonElement? ttl)
{
    private readonly Lock _gate = new();
    private readonly DateTimeOffset _createdAt = TimeProvider.System.GetUtcNow();
    private readonly TaskCompletionSource<ToolResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _updatedAt = TimeProvider.System.GetUtcNow();
    private string _status = "working";

    public string Id => id;

    /// <summary>Waits for the end. Throws the error that the call would have returned.</summary>
    public Task<ToolResult> ResultAsync(CancellationToken cancellationToken) => _result.Task.WaitAsync(cancellationToken);

    public bool TryComplete(ToolResult result) =>
        TrySet(result.IsError ? "failed" : "completed") && _result.TrySetResult(result);

    public bool TryFail(RpcException error) => TrySet("failed") && _result.TrySetException(error);

    public bool TryCancel() =>
        TrySet("cancelled") && _result.TrySetException(new RpcException(RpcException.InternalError, "The task was cancelled"));

    public void Write(Utf8JsonWriter writer)
    {
        lock (_gate)
        {
            writer.WriteStartObject();
            writer.WriteString("taskId", id);
            writer.WriteString("status", _status);
            writer.WriteString("createdAt", _createdAt);
            writer.WriteString("lastUpdatedAt", _updatedAt);
            if (ttl is { } given) writer.WriteRaw("ttl", given);
            else writer.WriteNull("ttl");
            writer.WriteNumber("pollInterval", 50); // short, because tests wait for it
            writer.WriteEndObject();
        }
    }

    private bool TrySet(string end)
    {
        lock (_gate)
        {
            if (_status is not "working") return false;
            (_status, _updatedAt) = (end, TimeProvider.System.GetUtcNow());
            return true;
        }
    }
}
