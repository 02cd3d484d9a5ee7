using System.Globalization;
using System.Text.Json;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>A client without a session: one request a POST, answered inline.</summary>
/// <param name="gateway">See <see cref="TestUsers"/> for users.</param>
/// <param name="path">A server's endpoint for messages.</param>
/// <param name="user">Null: nobody in particular.</param>
internal sealed class PlainClient(TestGateway gateway, string path = "test/message", string? user = null) : IRawClient
{
    private int _lastId = 1000; // beyond what tests choose themselves

    public string NextId() => Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);

    public Task<Answer> PostAsync(byte[] body) =>
        TestHttp.SendAsync(HttpMethod.Post, new Uri(gateway.BaseAddress, path), TestHttp.Json(body), TestUsers.HeaderOf(user));

    public async Task<JsonElement> AskAsync(string body, string id)
    {
        using var answer = await this.PostAsync(body);
        var message = await answer.JsonAsync();
        Assert.True(message.IsAnswerTo(id), message.GetRawText());
        return message;
    }

    public ValueTask DisposeAsync() => default;
}
