using System.Diagnostics;
using System.Text;
using McpGateway.Backends.Remote;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.JsonRpc;

public sealed class EnvelopeReaderTests
{
    private const string V = "\"jsonrpc\":\"2.0\"";

    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}", JsonRpcKind.Request, "tools/list")]
    [InlineData("{\"id\":\"x\",\"params\":{},\"method\":\"own/method\",\"jsonrpc\":\"2.0\"}", JsonRpcKind.Request, "own/method")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"m\\u0065thod\":\"t\\u006fols/list\"}", JsonRpcKind.Request, "tools/list")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\",\"params\":null}", JsonRpcKind.Notification,
        "notifications/initialized")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", JsonRpcKind.Result, null)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}", JsonRpcKind.Result, null)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"x\"}}", JsonRpcKind.Error, null)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1,\"message\":\"x\"}}", JsonRpcKind.Error, null)]
    [InlineData(" \t\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\r\n ", JsonRpcKind.Result, null)]
    public void Read_Message_TellsItsKindAndMethod(string json, JsonRpcKind kind, string? method)
    {
        var envelope = Accepted(json);
        Assert.Equal(kind, envelope.Kind);
        Assert.Equal(method, envelope.Method);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":01,\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"a\nb\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,/**/\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":NaN}")]
    public void Read_NotExactlyOneJsonValue_IsParseError(string json) =>
        Assert.Equal(JsonRpcErrorCode.ParseError, Refused(json, out _).Code);

    [Fact]
    public void Read_ByteOrderMark_IsParseErrorThatSaysSo()
    {
        var error = Refused("\uFEFF{" + V + ",\"id\":1,\"method\":\"ping\"}", out var envelope);
        Assert.Equal(JsonRpcErrorCode.ParseError, error.Code);
        Assert.Contains("byte-order mark", error.Message, StringComparison.Ordinal);
        Assert.True(envelope.Id.IsNone);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0xAF })] // overlong
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })] // a surrogate
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })] // beyond U+10FFFF
    [InlineData(new byte[] { 0xC3 })] // cut off
    public void Read_InvalidUtf8_IsParseError(byte[] bad)
    {
        byte[] message = [.. "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\""u8, .. bad, .. "\"}"u8];
        var error = EnvelopeReader.Read(message, out _);
        Assert.Equal(JsonRpcErrorCode.ParseError, error?.Code);
        Assert.Contains("UTF-8", error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]")]
    [InlineData("\"x\"")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"id\":1,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":2.0,\"id\":1,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"\\ud800\",\"id\":1,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\\udc00\",\"id\":1,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1e2,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":\"\\ud800\",\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":null}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":[\"ping\"]}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\udc00\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"error\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"error\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":\"x\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"_meta\":[]}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"_meta\":{\"progressToken\":1.5}}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"_meta\":{\"progressToken\":\"\\ud800\"}}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progress\":1}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1.5}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":null}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":null}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":[1]}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\","
        + "\"params\":{\"_meta\":{\"io.modelcontextprotocol/related-task\":{\"taskId\":\"\\ud800\"}}}}")]
    public void Read_NoProperMessage_IsInvalidRequest(string json) =>
        Assert.Equal(JsonRpcErrorCode.InvalidRequest, Refused(json, out _).Code);

    [Theory]
    [InlineData("{\"jsonrpc\":\"1.0\",\"id\":7,\"method\":\"ping\"}")]
    [InlineData("{\"id\":7,\"jsonrpc\":\"2.0\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"params\":[],\"id\":7}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\",\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":7,\"ID\":8,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":7,\"I\\u0044\":8,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":7,\"ıd\":8,\"method\":\"ping\"}")]
    public void Read_InvalidWithReadableId_GivesTheId(string json)
    {
        Refused(json, out var envelope);
        Assert.Equal((JsonRpcId)7, envelope.Id);
    }

    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"params\":[{\"id\":7}]}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"params\":{\"id\":7},\"method\":5}")]
    [InlineData("[{\"id\":7}]")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":7,\"id\":8,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"ID\":8,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"I\\u0044\":8,\"method\":\"ping\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\\u0000\":8,\"method\":\"ping\"}")]
    public void Read_InvalidWithoutOneIdOfItsOwn_GivesNone(string json)
    {
        Refused(json, out var envelope);
        Assert.True(envelope.Id.IsNone);
    }

    [Fact]
    public void Read_IdInsideParams_IsNotTheMessages()
    {
        var envelope = Accepted("{" + V
            + ",\"method\":\"x\",\"params\":{\"id\":7,\"method\":\"ping\",\"result\":1,\"jsonrpc\":\"1.0\"}}");
        Assert.Equal(JsonRpcKind.Notification, envelope.Kind);
        Assert.Equal("x", envelope.Method);
        Assert.True(envelope.Id.IsNone);
    }

    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":1,\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"\\u0069d\":1,\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"\\u0069d\":1,\"id\":1,\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"x\":1,\"x\":2}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"é\":1,\"\\u00e9\":2}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"漢\":1,\"漢\":2}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,"
        + "\"h\":1,\"i\":1,\"j\":1,\"k\":1,\"a\":1}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,"
        + "\"h\":1,\"i\":1,\"j\":1,\"k\":1,\"k\":1}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{\"a\":1,\"a\":1}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{\"name\":1,\"nam\\u0065\":1}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{\"_meta\":{},\"_meta\":{}}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{\"_meta\":{\"progressToken\":1,\"progressToken\":1}}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"x\","
        + "\"params\":{\"_meta\":{\"io.modelcontextprotocol/related-task\":{\"taskId\":\"a\",\"taskId\":\"b\"}}}}")]
    public void Read_NameTwice_IsInvalidRequest(string json) =>
        Assert.Equal(JsonRpcErrorCode.InvalidRequest, Refused(json, out _).Code);

    [Theory]
    [InlineData("\"METHOD\":\"ping\"")]
    [InlineData("\"Id\":1")]
    [InlineData("\"\\u0130d\":1")]
    [InlineData("\"\\u0131d\":1")]
    [InlineData("\"ıd\":1")]
    [InlineData("\"json\\u0000rpc\":\"2.0\"")]
    [InlineData("\"\\u0000id\":1")]
    [InlineData("\"re\\u017Fult\":1")]
    [InlineData("\"reſult\":1")]
    [InlineData("\"\\ud800\":1")]
    [InlineData("\"params\":{\"Name\":1}")]
    [InlineData("\"params\":{\"argument\\u017F\":1}")]
    [InlineData("\"params\":{\"tas\\u212A\":1}")]
    [InlineData("\"params\":{\"tasK\":1}")]
    [InlineData("\"params\":{\"taskId\\u0000\":\"a\"}")]
    [InlineData("\"params\":{\"_META\":{}}")]
    [InlineData("\"params\":{\"URI\":\"x\"}")]
    [InlineData("\"params\":{\"_meta\":{\"ProgressToken\":1}}")]
    [InlineData("\"params\":{\"_meta\":{\"progressTo\\u212Aen\":1}}")]
    [InlineData("\"params\":{\"_meta\":{\"io.modelcontextprotocol/Related-task\":1}}")]
    [InlineData("\"params\":{\"_meta\":{\"io.modelcontextprotocol/related-task\":{\"TaskId\":\"x\"}}}")]
    public void Read_NameInDisguise_IsInvalidRequest(string member)
    {
        var error = Refused("{" + V + ",\"method\":\"own\"," + member + "}", out _);
        Assert.Equal(JsonRpcErrorCode.InvalidRequest, error.Code);
        Assert.Contains("member name", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"params\":{\"arguments\":{\"id\":1,\"id\":2,\"ID\":3,\"\\ud800\":4}}")]
    [InlineData("\"params\":{\"other\":{\"_meta\":{\"progressToken\":1.5}}}")]
    [InlineData("\"params\":{\"Id\":1,\"Method\":2}")]
    [InlineData("\"params\":{\"x\":1,\"X\":2}")]
    [InlineData("\"ids\":1,\"Other\":2,\"other\":3,\"é\":4,\"É\":5")]
    [InlineData("\"params\":{\"_meta\":{\"x\":{\"progressToken\":1,\"progressToken\":2}}}")]
    [InlineData("\"params\":{\"_meta\":null}")]
    [InlineData("\"params\":{\"_meta\":{\"progressToken\":null}}")]
    public void Read_NameThatNoRuleReads_IsFree(string member) => Accepted("{" + V + ",\"method\":\"own\"," + member + "}");

    [Fact]
    public void Read_Request_FindsWhatTheRelayNeeds()
    {
        var json = "{" + V
            + """, "id" : "a\"b" ,"method":"tools/call","params": {"x":[{}],"_meta":{"progressToken":  "tök"}} }""";
        var envelope = Accepted(json);
        Assert.Equal(JsonRpcId.FromString("a\"b"), envelope.Id);
        Assert.Equal("""
            "a\"b"
            """, Slice(json, envelope.IdRange));
        Assert.Equal("""{"x":[{}],"_meta":{"progressToken":  "tök"}}""", Slice(json, envelope.Params));
        Assert.Equal(JsonRpcId.FromString("tök"), envelope.ProgressToken);
        Assert.Equal("\"tök\"", Slice(json, envelope.ProgressTokenRange));
        Assert.Same(McpMethod.ToolsCall, envelope.Method);
    }

    [Fact]
    public void Read_Progress_TakesTheTokenOfItsParamsWhereverTheMethodStands()
    {
        var envelope = Accepted(
            "{\"params\":{\"progressToken\":7,\"_meta\":{\"progressToken\":8}},\"method\":\"notifications/progress\"," + V + "}");
        Assert.Equal((JsonRpcId)7, envelope.ProgressToken);
    }

    [Fact]
    public void Read_OtherMethodWithAProgressTokenInParams_TakesTheOneOfMeta()
    {
        var envelope = Accepted("{" + V
            + ",\"method\":\"own\",\"params\":{\"progressToken\":1.5,\"_meta\":{\"progressToken\":8}}}");
        Assert.Equal((JsonRpcId)8, envelope.ProgressToken);
    }

    [Fact]
    public void Read_Cancelled_NamesTheRequest()
    {
        var json = "{" + V + ",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"r\"}}";
        var envelope = Accepted(json);
        Assert.Equal(JsonRpcId.FromString("r"), envelope.CancelledId);
        Assert.Equal("\"r\"", Slice(json, envelope.CancelledIdRange));
    }

    [Fact]
    public void Read_RequestNamedLikeACancellation_NamesNoRequest()
    {
        var envelope = Accepted("{" + V + ",\"id\":1,\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":5}}");
        Assert.True(envelope.CancelledId.IsNone);
        Assert.True(envelope.CancelledIdRange.IsEmpty);
    }

    [Theory]
    [InlineData("\"params\":{\"taskId\":\"t\"}", "t")]
    [InlineData("\"params\":{\"_meta\":{\"io.modelcontextprotocol/related-task\":{\"taskId\":\"r\"}}}", "r")]
    [InlineData("\"params\":{\"taskId\":\"t\",\"_meta\":{\"io.modelcontextprotocol/related-task\":{\"taskId\":\"r\"}}}", "r")]
    [InlineData("\"params\":{\"_meta\":{\"io.modelcontextprotocol/related-task\":5}}", null)]
    [InlineData("\"params\":{\"other\":{\"taskId\":\"t\"}}", null)]
    public void Read_Task_IsTheRelatedOneElseTheOneOfItsParams(string member, string? task) =>
        Assert.Equal(task, Accepted("{" + V + ",\"method\":\"own\"," + member + "}").Task);

    [Theory]
    [InlineData("{\"task\":{}}", true)]
    [InlineData("{\"task\":true}", true)]
    [InlineData("{\"t\\u0061sk\":{\"ttl\":1}}", true)]
    [InlineData("{\"task\":null}", false)]
    [InlineData("{\"arguments\":{\"task\":{}}}", false)]
    [InlineData("{}", false)]
    public void Read_WantsTask_IsToldByItsParams(string parameters, bool expected) =>
        Assert.Equal(expected,
            Accepted("{" + V + ",\"id\":1,\"method\":\"tools/call\",\"params\":" + parameters + "}").WantsTask);

    [Fact]
    public void Read_Result_TellsWhereItLies()
    {
        var json = "{" + V + ",\"id\":1,\"result\": {\"a\":[1, {}]} }";
        Assert.Equal("""{"a":[1, {}]}""", Slice(json, Accepted(json).Result));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Read_Depth_IsLimited(int depth, bool accepted)
    {
        // The message and its params are the two outermost levels.
        var nested = new string('[', depth - 2) + new string(']', depth - 2);
        var error = EnvelopeReader.Read(Encoding.UTF8.GetBytes("{" + V + ",\"method\":\"x\",\"params\":{\"a\":" + nested + "}}"),
            out _);
        Assert.Equal(accepted ? null : JsonRpcErrorCode.ParseError, error?.Code);
    }

    [Fact]
    public void Read_ObjectOfManyMembers_TakesTimeInProportion()
    {
        var small = Members(10_000);
        var large = Members(100_000);
        Time(small); // the first reading compiles
        var ratio = Enumerable.Range(0, 5).Min(_ => Time(large) / Time(small));
        Assert.True(ratio < 50, $"Ten times the members took {ratio:F0} times as long.");

        static double Time(byte[] message)
        {
            var watch = Stopwatch.StartNew();
            Assert.Null(EnvelopeReader.Read(message, out _));
            return watch.Elapsed.TotalMilliseconds;
        }
    }

    private static byte[] Members(int count) => Encoding.UTF8.GetBytes(
        "{" + V + ",\"method\":\"x\",\"params\":{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"m{i}\":1"))
            + "}}");

    private static string Slice(string json, ByteRange range) => Encoding.UTF8.GetString(range.In(Encoding.UTF8.GetBytes(json)));

    private static JsonRpcEnvelope Accepted(string json)
    {
        var error = EnvelopeReader.Read(Encoding.UTF8.GetBytes(json), out var envelope);
        Assert.Null(error);
        return envelope;
    }

    private static JsonRpcError Refused(string json, out JsonRpcEnvelope envelope)
    {
        var error = EnvelopeReader.Read(Encoding.UTF8.GetBytes(json), out envelope);
        Assert.NotNull(error);
        return error;
    }
}
