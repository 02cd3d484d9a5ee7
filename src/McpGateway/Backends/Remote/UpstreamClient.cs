using System.Net.Http.Headers;
using System.Text;
using McpGateway.Configuration;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Sessions;

namespace McpGateway.Backends.Remote;

/// <summary>Sends the gateway's own requests to a remote server, with the headers of the user whom they are for.</summary>
internal sealed class UpstreamClient(
    RemoteContext remote, ServerConfig server, IReadOnlyDictionary<string, string> headers, UpstreamLink? link)
{
    private static readonly byte[] Initialized =
        Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");

    /// <summary>Sends a request in the session that the headers name (Streamable HTTP).</summary>
    public Task<GatewayAnswer> InSessionAsync(JsonRpcMessage request) => BoundedAsync(request, async (id, body, stop) =>
    {
        using var response = await PostAsync(link!.Address.Url, body, stop);
        if (!response.IsSuccessStatusCode)
            return Failed(UpstreamErrors.Status(server.Name, (int)response.StatusCode, response.RetryAfter()));
        if (!response.IsEventStream())
        {
            var read = await response.ReadBodyAsync(remote, server.RequestTimeout, stop);
            return Find(UpstreamMessages.Read(read, server.Name), id) ?? Failed(UpstreamErrors.Unreadable(server.Name));
        }

        await using var stream = await response.Content.ReadAsStreamAsync(stop);
        await using var events = new UpstreamEvents(stream, remote.MessageBytes, remote.Time, stop);
        return await AwaitAsync(events, id);
    });

    /// <summary>
    /// Sends a request in a session of its own (HTTP+SSE). In the client's session, the answer would come on the client's stream,
    /// which may run through another replica.
    /// </summary>
    public Task<GatewayAnswer> InSessionOfItsOwnAsync(JsonRpcMessage request) => BoundedAsync(request, async (id, body, stop) =>
    {
        using var opening = Request(HttpMethod.Get, link!.Address.Url, null);
        opening.Headers.Accept.ParseAdd(RemoteHeaders.EventStream);
        using var response = await link.Client.SendAsync(opening, stop);
        if (!response.IsSuccessStatusCode || !response.IsEventStream())
            return Failed(UpstreamErrors.Status(server.Name, (int)response.StatusCode, response.RetryAfter()));
        await using var stream = await response.Content.ReadAsStreamAsync(stop);
        await using var events = new UpstreamEvents(stream, remote.MessageBytes, remote.Time, stop);
        if (await EndpointAsync(events) is not { } endpoint)
            return Failed(UpstreamErrors.ForeignEndpoint(server.Name));
        // Every session begins with a handshake (MCP, Lifecycle, "Initialization").
        var hello = JsonRpcId.FromString("initialize");
        var parameters = GatewayClient.InitializeParams();
        await SendAsync(endpoint, Encoding.UTF8.GetBytes(
            $$"""{"jsonrpc":"2.0","id":"initialize","method":"initialize","params":{{parameters}}}"""), stop);
        if (await AwaitAsync(events, hello) is { Result: null } refused)
            return refused;
        await SendAsync(endpoint, Initialized, stop);
        await SendAsync(endpoint, body, stop);
        return await AwaitAsync(events, id);
    });

    private async Task<GatewayAnswer> BoundedAsync(
        JsonRpcMessage request, Func<JsonRpcId, byte[], CancellationToken, Task<GatewayAnswer>> ask)
    {
        using (request)
        {
            if (link is null)
                return Failed(UpstreamErrors.Unavailable(server.Name).Error);
            // Random, because the client chooses its own ids freely: any fixed one might be in flight in the same session.
            var id = JsonRpcId.FromString($"gateway-{SessionId.Create()}");
            request.ReplaceId(id);
            // For the whole exchange. Each read has the same limit, but an exchange has several reads.
            using var late = new CancellationTokenSource(server.RequestTimeout, remote.Time);
            try
            {
                return await ask(id, RemoteMessages.Write([request], isBatch: false), late.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
            {
                return Failed(UpstreamErrors.Of(UpstreamFailure.TimedOut, server.Name));
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                return Failed(UpstreamErrors.Of(UpstreamFailure.Unreachable, server.Name));
            }
        }
    }

    private async Task<string?> EndpointAsync(UpstreamEvents events)
    {
        if (await events.ReadAsync(server.RequestTimeout) is not EventRead.Event)
            return null;
        var data = Encoding.UTF8.GetString(events.Current.Data.Span);
        events.Current.Data.Return();
        return events.Current.EventType == SseEvents.Endpoint ? UpstreamEndpoint.Resolve(link!.Address.Url, data) : null;
    }

    private async Task SendAsync(string endpoint, byte[] body, CancellationToken stop)
    {
        using var response = await PostAsync(UpstreamEndpoint.At(link!.Address.Url, endpoint), body, stop);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException("The server did not accept the message.");
    }

    private async Task<HttpResponseMessage> PostAsync(Uri url, byte[] body, CancellationToken stop)
    {
        using var request = Request(HttpMethod.Post, url, body);
        return await link!.Client.SendAsync(request, stop);
    }

    private HttpRequestMessage Request(HttpMethod method, Uri url, byte[]? body)
    {
        var request = new HttpRequestMessage(method, url);
        // The headers are those of a POST. A GET accepts only events, and sets that itself.
        foreach (var (name, value) in headers)
        {
            if (method == HttpMethod.Post || name != "Accept")
                request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
        }

        return request;
    }

    private async Task<GatewayAnswer> AwaitAsync(UpstreamEvents events, JsonRpcId id)
    {
        while (await events.ReadAsync(server.RequestTimeout) is EventRead.Event)
        {
            if (Find(UpstreamMessages.Read(events.Current.Data, server.Name), id) is { } answer)
                return answer;
        }

        return Failed(UpstreamErrors.Cut(server.Name));
    }

    // Disposes of all messages: those that are not the answer are for nobody.
    private static GatewayAnswer? Find(List<JsonRpcMessage> messages, JsonRpcId id)
    {
        GatewayAnswer? found = null;
        foreach (var message in messages)
        {
            using (message)
            {
                var envelope = message.Envelope;
                if (!envelope.IsAnswer || envelope.Id != id)
                    continue;
                var result = envelope.Kind is JsonRpcKind.Result ? envelope.Result.In(message.Utf8).ToArray() : null;
                found = new GatewayAnswer(result, null);
            }
        }

        return found;
    }

    private static GatewayAnswer Failed(JsonRpcError error) => new(null, error);
}
