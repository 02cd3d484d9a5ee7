using System.Text;
using McpGateway.Http;
using McpGateway.Tests.Properties.Generators;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace McpGateway.Tests.Http;

public sealed class ErrorBodiesMiddlewareTests
{
    [Theory]
    [InlineData(404, "-32001")]
    [InlineData(400, "-32600")]
    [InlineData(502, "-32603")]
    [InlineData(503, "-32003")]
    [InlineData(504, "-32603")]
    public async Task Invoke_EmptyError_GetsABody(int status, string code)
    {
        var (context, body) = await InvokeAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        Assert.Equal(status, context.Response.StatusCode);
        Assert.Contains(code, body, StringComparison.Ordinal);
        Assert.Equal("application/json", context.Response.ContentType);
    }

    [Fact]
    public async Task Invoke_Exception_Is500AndTellsNothingOfIt()
    {
        var (context, body) = await InvokeAsync(_ => throw new InvalidOperationException("inner matters"));
        Assert.Equal(500, context.Response.StatusCode);
        Assert.Contains("-32603", body, StringComparison.Ordinal);
        Assert.DoesNotContain("inner matters", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_BadRequest_KeepsItsStatus()
    {
        var (context, body) = await InvokeAsync(_ => throw new BadHttpRequestException("bad", 413));
        Assert.Equal(413, context.Response.StatusCode);
        Assert.Contains("-32600", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_EmptyOnPurposeOrFine_StaysSo()
    {
        Assert.Empty((await InvokeAsync(context =>
        {
            context.Response.StatusCode = 405;
            context.Response.ContentLength = 0;
            return Task.CompletedTask;
        })).Body);
        Assert.Empty((await InvokeAsync(_ => Task.CompletedTask)).Body);
    }

    private static async Task<(HttpContext Context, string Body)> InvokeAsync(RequestDelegate next)
    {
        var context = new DefaultHttpContext();
        var body = new MemoryStream();
        context.Response.Body = body;
        await new ErrorBodiesMiddleware(next, NullLogger<ErrorBodiesMiddleware>.Instance).InvokeAsync(context);
        return (context, Encoding.UTF8.GetString(body.ToArray()));
    }
}
