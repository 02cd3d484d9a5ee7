using System.Net.Http.Headers;
using System.Text;

namespace McpGateway.FunctionalTests.Hosting;

/// <summary>Plain HTTP: no proxy, no redirects, no headers but the given ones.</summary>
internal static class TestHttp
{
    /// <summary>What a test waits for at most; generous, for it only bounds a failure.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static readonly HttpClient Client =
        new(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ResponseDrainTimeout = TimeSpan.Zero, // who leaves a stream leaves at once
        }) { Timeout = Timeout };

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Returns with the answer's headers; its body comes later.</summary>
    public static Task<Answer> SendAsync(
        HttpMethod method, Uri uri, HttpContent? content = null, params (string Name, string Value)[] headers) =>
        SendAsync(method, uri, content, Token, headers);

    /// <summary>The same for a client that may leave before the headers have come.</summary>
    public static async Task<Answer> SendAsync(
        HttpMethod method, Uri uri, HttpContent? content, CancellationToken leave, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, uri) { Content = content };
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), name);
        return new Answer(await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave));
    }

    public static HttpContent Json(string body) => Json(Encoding.UTF8.GetBytes(body));

    public static HttpContent Json(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
