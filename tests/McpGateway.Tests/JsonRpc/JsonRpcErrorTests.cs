using System.Text;
using System.Text.Json.Nodes;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.JsonRpc;

public sealed class JsonRpcErrorTests
{
    [Theory]
    [InlineData("7")]
    [InlineData("\"a\\\"b\"")]
    [InlineData("99999999999999999999")]
    public void ToResponse_Id_IsWrittenAsItCame(string id)
    {
        using var request = Json.Message($$"""{"jsonrpc":"2.0","id":{{id}},"method":"x"}""");
        var response = new JsonRpcError(-32603, "No.").ToResponse(request.Envelope.Id);
        Json.Equal($$$"""{"jsonrpc":"2.0","id":{{{id}}},"error":{"code":-32603,"message":"No."}}""",
            Encoding.UTF8.GetString(response));
    }

    [Fact]
    public void ToResponse_NoId_IsNull() => Json.Equal(
        """{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"No."}}""",
        Encoding.UTF8.GetString(new JsonRpcError(1, "No.").ToResponse(default)));

    [Fact]
    public void ToResponse_Data_CanBeWrittenMoreThanOnce()
    {
        var error = new JsonRpcError(1, "No.", new JsonObject { ["a"] = 1 });
        error.ToResponse(1);
        Json.Equal("""{"jsonrpc":"2.0","id":2,"error":{"code":1,"message":"No.","data":{"a":1}}}""",
            Encoding.UTF8.GetString(error.ToResponse(2)));
    }

    [Fact]
    public void ToResponse_TextThatIsNotWellFormed_IsStillAMessage()
    {
        var error = new JsonRpcError(1, "half \ud83d", new JsonObject { ["stderr"] = new JsonArray("half \ud83d") });
        using var message = JsonRpcMessage.CreateError(1, error);
        Assert.Equal(JsonRpcKind.Error, message.Envelope.Kind);
    }
}
