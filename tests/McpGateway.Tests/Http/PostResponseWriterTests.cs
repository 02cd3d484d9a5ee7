using System.Text;
using System.Text.Json;
using McpGateway.Http;
using McpGateway.JsonRpc;
using McpGateway.Sessions;
using McpGateway.Sessions.Queues;
using McpGateway.Tests.JsonRpc;
using Microsoft.AspNetCore.Http;

namespace McpGateway.Tests.Http;

public sealed class PostResponseWriterTests
{
    private readonly QueueBudget _budget = new(long.MaxValue);

    [Fact]
    public async Task Write_ClientThatLeavesBeforeTheFirstMessage_GivesTheMessageBack()
    {
        using var leaving = new CancellationTokenSource();
        var context = new DefaultHttpContext { RequestAborted = leaving.Token };
        var unread = new List<JsonRpcMessage>();
        var stream = ResponseStream.ForAnswers(_budget, TimeProvider.System, unread.AddRange);
        stream.Await();
        var message = Json.Notification("notifications/message");
        var writing = PostResponseWriter.WriteAsync(
            context, new BackendReply(stream, ReplyForm.FirstDecides), JsonRpcId.FromString("7"), isBatch: false);
        Assert.False(writing.IsCompleted);

        await leaving.CancelAsync();
        Assert.True(await stream.WriteAsync(message, patient: true));
        await writing;

        Assert.Same(message, Assert.Single(unread));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_StreamThatEndedWithoutAMessage_IsAnErrorForTheRequest(bool isBatch)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        var stream = ResponseStream.ForAnswers(_budget, TimeProvider.System);
        stream.End();

        await PostResponseWriter.WriteAsync(
            context, new BackendReply(stream, ReplyForm.Json), JsonRpcId.FromString("7"), isBatch);

        Assert.Equal(502, context.Response.StatusCode);
        var answer = JsonElement.Parse(Encoding.UTF8.GetString(body.ToArray()));
        Assert.Equal("7", answer.GetProperty("id").GetString());
        Assert.Equal(-32603, answer.GetProperty("error").GetProperty("code").GetInt32());
    }
}
