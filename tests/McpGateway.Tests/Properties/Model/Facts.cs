using McpGateway.JsonRpc;

namespace McpGateway.Tests.Properties.Model;

/// <summary>What is to be read out of a message. Null where there is nothing.</summary>
internal sealed record Facts(JsonRpcKind Kind)
{
    public JsonTree? Id { get; init; }

    public string? Method { get; init; }

    public JsonTree? Params { get; init; }

    public JsonTree? Result { get; init; }

    public JsonTree? Token { get; init; }

    public JsonTree? CancelledId { get; init; }

    public string? Task { get; init; }

    /// <summary>Whether the value may be an id: a well-formed string, or a number without fraction and exponent.</summary>
    public static bool IsId(JsonTree? value) => value switch
    {
        JsonTree.Text text => text.IsWellFormed,
        JsonTree.Scalar { Raw: ['-' or (>= '0' and <= '9'), ..] raw } => raw.AsSpan().IndexOfAny(".eE") < 0,
        _ => false,
    };

    public void AssertHold(in JsonRpcEnvelope envelope, byte[] message)
    {
        Assert.Equal(Kind, envelope.Kind);
        AssertHold(Id, envelope.Id, envelope.IdRange, message);
        Assert.Equal(Method, envelope.Method);
        AssertLies(Params, envelope.Params, message);
        AssertLies(Result, envelope.Result, message);
        AssertHold(Token, envelope.ProgressToken, envelope.ProgressTokenRange, message);
        AssertHold(CancelledId, envelope.CancelledId, envelope.CancelledIdRange, message);
        Assert.Equal(Task, envelope.Task);
    }

    /// <summary>All that a refused message must tell: whom to answer.</summary>
    public void AssertHoldOfRefused(in JsonRpcEnvelope envelope)
    {
        Assert.Equal(Kind, envelope.Kind);
        Assert.Equal(Value(Id), Value(ReferenceParser.Parse(envelope.Id.ToUtf8())));
    }

    private static void AssertHold(JsonTree? expected, JsonRpcId id, ByteRange range, byte[] message)
    {
        Assert.Equal(expected is null, id.IsNone);
        Assert.Equal(Value(expected), Value(ReferenceParser.Parse(id.ToUtf8())));
        // An answer to nobody has its null.
        if (expected is not null || !range.IsEmpty)
            AssertLies(expected ?? JsonTree.Null, range, message);
    }

    private static void AssertLies(JsonTree? expected, ByteRange range, byte[] message)
    {
        Assert.Equal(expected is null, range.IsEmpty);
        if (expected is not null)
            Assert.Equal(expected.ToString(), ReferenceParser.Parse(range.In(message))?.ToString());
    }

    // -0 is the one integer that JSON writes in two ways.
    private static string Value(JsonTree? id) => id is null or JsonTree.Scalar { Raw: "null" } ? "null"
        : id is JsonTree.Scalar { Raw: "-0" } ? "0" : id.ToString();
}
