using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using McpGateway.JsonRpc;
using McpGateway.Tests.JsonRpc;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties.Generators;

/// <summary>A message, and what is written instead of its id and its token.</summary>
/// <param name="Id">Null where it is left, or there is none.</param>
/// <param name="Token">As the id.</param>
/// <param name="TokenFirst">Whether the token is replaced before the id is.</param>
/// <param name="IsSecond">Whether both have been replaced before, by something else.</param>
internal sealed record Rewriting(Message Message, JsonTree? Id, JsonTree? Token, bool TokenFirst, bool IsSecond)
{
    /// <summary>What is then to be written.</summary>
    public JsonTree Expected
    {
        get
        {
            var (root, facts) = (Message.Root, Message.Facts);
            if (Id is not null)
                root = facts.CancelledId is null ? root.With("id", Plain(Id)) : With(root, Level.Params, "requestId", Id);
            var isProgress = facts is { Kind: JsonRpcKind.Notification, Method: McpMethod.Progress };
            return Token is null ? root : With(root, isProgress ? Level.Params : Level.Meta, "progressToken", Token);
        }
    }

    /// <returns>The length that was announced.</returns>
    public int WriteTo(IBufferWriter<byte> writer)
    {
        using var message = Json.Message(Message.Utf8);
        if (IsSecond)
            Replace(message, _ => JsonRpcId.FromString("what it is no more"));
        Replace(message, Read);
        message.WriteTo(writer);
        return message.WrittenLength;
    }

    public byte[] Write()
    {
        var writer = new ArrayBufferWriter<byte>();
        WriteTo(writer);
        return writer.WrittenSpan.ToArray();
    }

    private void Replace(JsonRpcMessage message, Func<JsonTree, JsonRpcId> by)
    {
        if (TokenFirst && Token is not null)
            message.ReplaceProgressToken(by(Token));
        if (Id is not null)
            message.ReplaceId(by(Id));
        if (!TokenFirst && Token is not null)
            message.ReplaceProgressToken(by(Token));
    }

    private static JsonRpcId Read(JsonTree id)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(id.ToString()));
        reader.Read();
        Assert.True(JsonRpcId.TryRead(ref reader, out var read));
        return read;
    }

    private static JsonTree.Members With(JsonTree.Members root, Level level, string name, JsonTree id) =>
        (JsonTree.Members)Edits.At(root, level, members => members.With(name, Plain(id)));

    // The one integer with two forms.
    private static JsonTree Plain(JsonTree id) => id is JsonTree.Scalar { Raw: "-0" } ? new JsonTree.Scalar("0") : id;
}

/// <summary>Any replacements in any message that has something to replace, or not.</summary>
internal static class Rewritings
{
    public static readonly Gen<Rewriting> Any =
        from message in Messages.Any
        from id in Bodies.Optional(Values.Id)
        from token in Bodies.Optional(Values.Id)
        from tokenFirst in Gen.Elements(false, true)
        from isSecond in Gen.Elements(false, true)
        select new Rewriting(
            message,
            (message.Facts.Id ?? message.Facts.CancelledId) is null ? null : id,
            message.Facts.Token is null ? null : token,
            tokenFirst,
            isSecond);

    public static IEnumerable<Rewriting> Simpler(Rewriting rewriting) =>
        Messages.Simpler(rewriting.Message).Select(message => rewriting with { Message = message });
}
