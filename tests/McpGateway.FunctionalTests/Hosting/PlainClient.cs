using System.Globalization;
using System.Text.Json;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>A client without a session: one request a POST, answered inline.</summary>
internal sealed class PlainClient(TestGateway gateway, string path = "test/message") : IRawClient
{
    private int _lastId = 1000; // beyond what tests choose themselves

    public string NextId() => Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);

    public Task<Answer> PostAsync(byte[] body) =>
        Http.SendAsync(HttpMethod.Post, new Uri(gateway.BaseAddress, path), Http.Json(body));

    public async Task<JsonElement> AskAsync(string body, string id)
    {
        using var answer = await this.PostAsync(body);
        var message = await answer.JsonAsync();
        Assert.True(message.IsAnswerTo(id), message.GetRawText());
        return message;
    }

    public ValueTask DisposeAsync() => default;
}
