using System.Text;
using McpGateway.Http;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Properties.Generators;
using Microsoft.AspNetCore.Http;

namespace McpGateway.Tests.Http;

public sealed class JsonRpcErrorWriterTests : IDisposable
{
    public static TheoryData<object, int, string?> Refusals => new()
    {
        { Refusal.SessionNotFound, 404, null },
        { Refusal.IdInFlight, 400, null },
        { Refusal.TooManySessionsOfUser("Limits:SessionsPerUser"), 429, "5" },
        { Refusal.TooManySessions("Limits:Sessions"), 503, "5" },
        { Refusal.Draining, 503, "5" },
    };

    private readonly DefaultHttpContext _context = new();
    private readonly MemoryStream _body = new();

    public JsonRpcErrorWriterTests() => _context.Response.Body = _body;

    public void Dispose() => _body.Dispose();

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public async Task Write_Refusal_HasStatusAndRetryAfter(object refused, int status, string? retryAfter)
    {
        var refusal = Assert.IsType<Refusal>(refused);
        await JsonRpcErrorWriter.WriteAsync(_context, refusal, JsonRpcId.FromString("x"));
        Assert.Equal(status, _context.Response.StatusCode);
        Assert.Equal(retryAfter, (string?)_context.Response.Headers.RetryAfter);
        Json.Equal(Encoding.UTF8.GetString(refusal.Error.ToResponse(JsonRpcId.FromString("x"))), Body());
        Assert.Equal("application/json", _context.Response.ContentType);
        Assert.Equal(_body.Length, _context.Response.ContentLength);
    }

    [Fact]
    public async Task UnknownServer_Is404()
    {
        await JsonRpcErrorWriter.UnknownServerAsync(_context);
        Assert.Equal(404, _context.Response.StatusCode);
        Assert.Contains("-32001", Body(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MethodNotAllowed_SaysWhatIs()
    {
        await JsonRpcErrorWriter.MethodNotAllowedAsync(_context, "GET, POST");
        Assert.Equal(405, _context.Response.StatusCode);
        Assert.Equal("GET, POST", (string?)_context.Response.Headers.Allow);
        Assert.Contains("-32600", Body(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnsupportedVersion_TellsTheSupportedOnes()
    {
        await JsonRpcErrorWriter.UnsupportedVersionAsync(_context, "2099-01-01", 7);
        Assert.Equal(400, _context.Response.StatusCode);
        Json.Equal(
            """
            {"jsonrpc":"2.0","id":7,"error":{"code":-32022,"message":"This protocol version is not served.","data":{
                "supported":["2024-11-05","2025-03-26","2025-06-18","2025-11-25"],"requested":"2099-01-01"}}}
            """, Body());
    }

    [Fact]
    public async Task NotAcceptable_SaysWhatToSend()
    {
        await JsonRpcErrorWriter.NotAcceptableAsync(_context, MediaTypes.Both);
        Assert.Equal(406, _context.Response.StatusCode);
        Assert.Contains(MediaTypes.Both, Body(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/test/sse", true)]
    [InlineData("POST", "/sse/", true)]
    [InlineData("GET", "/test/sse", false)]
    [InlineData("POST", "/test/mcp", false)]
    public async Task Write_PostToSse_HasNoBody(string method, string path, bool isEmpty)
    {
        (_context.Request.Method, _context.Request.Path) = (method, path);
        await JsonRpcErrorWriter.WriteAsync(_context, Refusal.Draining, default);
        Assert.Equal(503, _context.Response.StatusCode);
        Assert.Equal("5", (string?)_context.Response.Headers.RetryAfter);
        Assert.Equal(isEmpty, _body.Length == 0);
        Assert.Equal(_body.Length, _context.Response.ContentLength);
    }

    [Fact]
    public async Task WriteInFull_PostToSse_HasABody()
    {
        (_context.Request.Method, _context.Request.Path) = ("POST", "/test/sse");
        await JsonRpcErrorWriter.WriteInFullAsync(_context, 403, new JsonRpcError(JsonRpcErrorCode.Refused, "Set this."));
        Assert.Equal(403, _context.Response.StatusCode);
        Assert.Contains("Set this.", Body(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "1")]
    [InlineData(0.2, "1")]
    [InlineData(10, "10")]
    [InlineData(10.1, "11")]
    public async Task Write_Wait_IsWholeSeconds(double seconds, string retryAfter)
    {
        await JsonRpcErrorWriter.WriteAsync(_context, 429, Refusal.TooManyCalls.Error, TimeSpan.FromSeconds(seconds));
        Assert.Equal(429, _context.Response.StatusCode);
        Assert.Equal(retryAfter, (string?)_context.Response.Headers.RetryAfter);
    }

    private string Body() => Encoding.UTF8.GetString(_body.ToArray());
}
