using System.Text;
using McpGateway.Configuration;
using McpGateway.Http;
using McpGateway.Policies.RateLimits;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.Backends.Stdio;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace McpGateway.Tests.Http;

public sealed class RequestBodyReaderTests : IDisposable
{
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";

    private readonly DefaultHttpContext _context = new();
    private readonly MemoryStream _answer = new();
    private readonly QueueBudget _budget = new(1_000_000);
    private readonly RequestBodyReader _body;

    public RequestBodyReaderTests()
    {
        _context.Response.Body = _answer;
        _context.Request.ContentType = "application/json";
        _body = new RequestBodyReader(Options.Create(new LimitsOptions { RequestBodyBytes = 40_000 }), _budget,
            new RateLimits(new ClientLimits(Options.Create(new AccessOptions()), TimeProvider.System)));
    }

    public void Dispose() => _answer.Dispose();

    [Fact]
    public async Task Read_OneMessage_GivesIt()
    {
        var posted = await ReadAsync(Ping);
        Assert.False(posted!.IsBatch);
        Assert.Single(posted.Messages);
        Assert.True(posted.HasRequest);
        Assert.False(posted.HasInitialize);
    }

    [Fact]
    public async Task Read_BodyUpToTheLimitWithoutItsLength_GivesIt()
    {
        var posted = await ReadAsync(Ping.PadRight(40_000), announce: false);
        Assert.NotNull(posted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_BodyOverTheLimit_Is413(bool announce)
    {
        Assert.Null(await ReadAsync(Ping.PadRight(40_001), announce));
        AssertAnswer(413, "-32600");
    }

    [Fact]
    public async Task Read_OtherContentType_Is415()
    {
        _context.Request.ContentType = "text/plain";
        Assert.Null(await ReadAsync(Ping));
        AssertAnswer(415, "-32600");
    }

    [Fact]
    public async Task Read_QueuesFull_Is503()
    {
        _budget.Add(1_000_001);
        Assert.Null(await ReadAsync(Ping));
        AssertAnswer(503, "-32003");
        Assert.NotEmpty(_context.Response.Headers.RetryAfter.ToString());
    }

    [Fact]
    public async Task Read_BodyThatFillsTheBudget_Is503AndIsNoLongerCounted()
    {
        _budget.Add(990_000);
        Assert.Null(await ReadAsync(Ping, announce: false)); // it may become long: a buffer is there for it
        AssertAnswer(503, "-32003");
        Assert.Equal(990_000, _budget.Queued);
    }

    [Fact]
    public async Task Read_BodyOnItsWay_IsCounted()
    {
        var arriving = new System.IO.Pipelines.Pipe();
        _context.Request.Body = arriving.Reader.AsStream();
        var reading = _body.ReadAsync(_context, ServersFixture.Config(), allowsBatch: false).AsTask();
        await arriving.Writer.WriteAsync(Encoding.UTF8.GetBytes(Ping), TestContext.Current.CancellationToken);
        await Waiting.UntilAsync(() => _budget.Queued > 0);
        await arriving.Writer.CompleteAsync();
        (await reading.Soon())!.Dispose();
        Assert.Equal(0, _budget.Queued);
    }

    [Theory]
    [InlineData("", "-32700", "\"id\":null")]
    [InlineData("{", "-32700", "\"id\":null")]
    [InlineData("\"x\"", "-32600", "\"id\":null")]
    [InlineData("""{"jsonrpc":"1.0","id":5,"method":"x"}""", "-32600", "\"id\":5")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\"},{\"id\":6,\"method\":\"y\"}]", "-32600", "\"id\":6")]
    [InlineData("[]", "-32600", "\"id\":null")]
    [InlineData("[1]", "-32600", "\"id\":null")]
    [InlineData("[{}", "-32700", "\"id\":null")]
    public async Task Read_NoMessage_Is400WithTheIdWhereItCouldBeRead(string body, string code, string id)
    {
        Assert.Null(await ReadAsync(body));
        AssertAnswer(400, code);
        Assert.Contains(id, Encoding.UTF8.GetString(_answer.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Batch_GivesItsMessages()
    {
        var posted = await ReadAsync($"""[{Ping},{Ping.Replace("ping", "initialize", StringComparison.Ordinal)}]""");
        Assert.True(posted!.IsBatch);
        Assert.Equal(2, posted.Messages.Length);
        Assert.True(posted.HasInitialize);
        Assert.True(posted.Id.IsNone);
    }

    [Fact]
    public async Task Read_BatchWhereNoneMayBe_Is400()
    {
        Assert.Null(await ReadAsync($"[{Ping}]", allowsBatch: false));
        AssertAnswer(400, "-32600");
    }

    private async Task<PostedMessages?> ReadAsync(string body, bool announce = true, bool allowsBatch = true)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        _context.Request.Body = new MemoryStream(bytes);
        _context.Request.ContentLength = announce ? bytes.Length : null;
        return await _body.ReadAsync(_context, ServersFixture.Config(), allowsBatch).Soon();
    }

    private void AssertAnswer(int status, string code)
    {
        Assert.Equal(status, _context.Response.StatusCode);
        Assert.Contains(code, Encoding.UTF8.GetString(_answer.ToArray()), StringComparison.Ordinal);
    }
}
