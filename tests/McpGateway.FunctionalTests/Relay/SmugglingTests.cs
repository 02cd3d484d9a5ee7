using System.Text;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Relay;

/// <summary>Bodies that hide a second message, or mean one thing here and another to the child.</summary>
public sealed class SmugglingTests(ConnectedClients clients) : IClassFixture<ConnectedClients>
{
    private const string Hidden = """{"jsonrpc":"2.0","method":"notifications/smuggled"}""";
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";

    public static MatrixTheoryData<Wire,
    string> LineBreaks { get; } = new(Enum.GetValues<Wire>(), ["\n", "\r", "\r\n", "\n\n\r"]);

    public static MatrixTheoryData<Wire, string> Ambiguous { get; } = new(Enum.GetValues<Wire>(),
    [
        """{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list"}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping","m\u0065thod":"tools/list"}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/list"}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping","method\u0000":"tools/list"}""",
        """{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}""",
        """{"jsonrpc":"2.0","id":1,"ID":2,"method":"ping"}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping","params":{},"params":{}}""",
        Call(""" "name":"pid","name":"echo" """),
        Call(""" "name":"pid","Name":"echo" """),
        Call(""" "name":"pid","nam\u0065":"echo" """),
        Call(""" "name":"pid","name\u0000":"echo" """),
        Call(""" "name":"pid","\u0000name":"echo" """),
        Call(""" "name":"pid","_meta":{},"_META":{} """),
        Call(""" "name":"pid","other":1,"other":2 """),
        Call(""" "name":"pid","_meta":{"progressToken":1,"progressToken":2} """),
        Call(""" "name":"pid","_meta":{"progressToken":1,"progressTo""" + "\u212A" + """en":2} """),
        Call(""" "name":"pid","_meta":{"progressToken":1,"progressTo\u212aen":2} """),
        Call(""" "name":"pid","_meta":{"other":1,"other":2} """),
        Call(""" "name":"pid","_meta":{"progressToken":1.5} """),
        """{"jsonrpc":"2.0","id":null,"method":"ping"}""",
        """{"jsonrpc":"2.0","id":1.5,"method":"ping"}""",
        """{"jsonrpc":"2.0","id":1e3,"method":"ping"}""",
        """{"jsonrpc":"2.0","id":true,"method":"ping"}""",
        """{"jsonrpc":"2.0","id":{},"method":"ping"}""",
        """{"jsonrpc":"2.0","id":[1],"method":"ping"}""",
        """{"jsonrpc":"2.0","id":"\ud800","method":"ping"}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping\udc00"}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping","\ud800":1}""",
    ]);

    public static MatrixTheoryData<Wire, string> NotJson { get; } = new(Enum.GetValues<Wire>(),
    [
        Ping + "\n" + Hidden,
        Ping + "\r" + Hidden,
        Ping + Hidden,
        Ping + "\0",
        Hidden + "\n" + Ping,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"pi\nng\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"a\n" + Hidden.Replace('"', '\'') + "\n\",\"method\":\"ping\"}",
        "\uFEFF" + Ping,
        """{"jsonrpc":"2.0","id":1,"method":"ping","params":{"deep":""" + new string('[', 300) + new string(']', 300) + "}}",
        """{"jsonrpc":"2.0","id":1,"method":"ping","params":{"deep":""" + new string(
            '[', 100_000) + new string(']', 100_000) + "}}",
    ]);

    [Theory]
    [MemberData(nameof(LineBreaks))]
    public async Task Message_WithLineBreaksBetweenTokens_ArrivesAsOneLine(Wire wire, string lineBreak)
    {
        var client = clients[wire];
        var before = await client.ReceivedAsync();
        // A child that saw the line break would take the second half for a message.
        var body = $$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":"""
            + $$"""{"text":"a\nb","more":"""
            + lineBreak + Hidden + lineBreak + "}}," + lineBreak + "\"other\":" + lineBreak + "1}" + lineBreak;

        var answer = await client.AskAsync(body, "1");

        Assert.Equal("a\nb", answer.Text());
        Assert.Equal("notifications/smuggled", answer.Structured().Get("more").Get("method").GetString());
        Assert.Equal(before.Concat(["tools/call received", "tools/call echo"]), await client.ReceivedAsync());
    }

    [Theory]
    [MemberData(nameof(NotJson))]
    public async Task Body_ThatIsNotOneJsonValue_IsAParseErrorAndDoesNotArrive(Wire wire, string body) =>
        await AssertRefusedAsync(wire, Encoding.UTF8.GetBytes(body), -32700);

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Sse)]
    [InlineData(Wire.Plain)]
    public async Task Body_ThatIsNotUtf8_IsAParseErrorAndDoesNotArrive(Wire wire)
    {
        foreach (var bad in (byte[][])[[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x98], [0xF5, 0x80, 0x80, 0x80]])
            await AssertRefusedAsync(
                wire, [.. """{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":" """u8, .. bad, .. "\"}}"u8], -32700);

        await AssertRefusedAsync(wire, Encoding.Unicode.GetBytes(Ping), -32700);
    }

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task Message_ThatParsersReadDifferently_IsRefusedAndDoesNotArrive(Wire wire, string body) =>
        await AssertRefusedAsync(wire, Encoding.UTF8.GetBytes(body), -32600);

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Sse)]
    [InlineData(Wire.Plain)]
    public async Task Names_WrittenInEscapes_AreTheSameNames(Wire wire)
    {
        var client = clients[wire];
        var body = """{"jsonrpc":"2.0","\u0069d":"\u0061","m\u0065thod":"tools\/call","params":"""
            + """{"n\u0061me":"ech\u006f","arguments":{"text":"x"}}}""";

        Assert.Equal("x", (await client.AskAsync(body, "\"a\"")).Text());
    }

    [Theory]
    [InlineData(Wire.Streamable)]
    [InlineData(Wire.Sse)]
    [InlineData(Wire.Plain)]
    public async Task Arguments_OfAnyShape_ArriveByteForByte(Wire wire)
    {
        var client = clients[wire];
        var arguments = """{"text":"x","text2":"\u00e9\/\ud800","same":1,"same":2"""
            + ""","big":123456789012345678901234567890.10,"Name":"y"}""";

        var body = Rpc.Request("1", "tools/call", "{\"name\":\"echo\",\"arguments\":" + arguments + "}");

        Assert.Equal(arguments, (await client.AskAsync(body, "1")).Structured().GetRawText());
    }

    private async Task AssertRefusedAsync(Wire wire, byte[] body, int code)
    {
        var client = clients[wire];
        var before = await client.ReceivedAsync();

        using var answer = await client.PostAsync(body);

        Assert.Equal((400, code), (answer.Status, (await answer.JsonAsync()).Code()));
        Assert.Equal(before.Append("tools/call received"), await client.ReceivedAsync());
    }

    private static string Call(string parameters) =>
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{""" + parameters + "}}";
}
