using System.Text.Json;
using McpGateway.TestServer.Wire;

namespace McpGateway.TestServer.Tools;

/// <summary>A message from a call to its client: the method and the members of its params; null for no params.</summary>
internal sealed record ClientMessage(string Method, JsonElement? ProgressToken, Action<Utf8JsonWriter>? Members)
{
    /// <returns>The client's whole response.</returns>
    public Task<JsonElement> SendAsync(Call call, CancellationToken cancellationToken)
    {
        var hasParams = Members is not null || ProgressToken is not null || call.TaskId is not null;
        return call.Peer.Requests.SendAsync(Method, hasParams ? writer => Write(call, writer) : null, cancellationToken);
    }

    public void Write(Call call, Utf8JsonWriter parameters)
    {
        parameters.WriteStartObject();
        Members?.Invoke(parameters);
        parameters.WriteMeta(ProgressToken, call.TaskId);
        parameters.WriteEndObject();
    }

    public static void WriteEmpty(Utf8JsonWriter parameters)
    {
        parameters.WriteStartObject();
        parameters.WriteEndObject();
    }
}
