using McpGateway.Cli.DemoServer;
using McpGateway.JsonRpc;

namespace McpGateway.Tests.Properties.Model;

/// <param name="Error">The code of the refusal; null when the message may pass.</param>
/// <param name="Facts">Of a refused message, its kind and id only.</param>
internal sealed record Verdict(int? Error, Facts Facts);

/// <summary>The rules for a message, once more and over the whole document, to compare the reader of the envelope with.</summary>
internal sealed class EnvelopeOracle
{
    private bool _refused;

    public static Verdict Judge(byte[] message) =>
        message is [0xEF, 0xBB, 0xBF, ..] || ReferenceParser.Parse(message) is not { } tree
            ? new(JsonRpcErrorCode.ParseError, new Facts(default(JsonRpcKind)))
            : Judge(tree);

    public static Verdict Judge(JsonTree tree)
    {
        var oracle = new EnvelopeOracle();
        var facts = oracle.Read(tree);
        return new(oracle._refused ? JsonRpcErrorCode.InvalidRequest : null, facts);
    }

    private Facts Read(JsonTree tree)
    {
        Require(tree is JsonTree.Members);
        var root = ObjectAt(Level.Root, tree);
        Require(root["jsonrpc"] is JsonTree.Text { Value: "2.0" });
        Require(!root.Has("method") || root["method"] is JsonTree.Text { IsWellFormed: true });
        var kind = Kind(root);

        var body = ObjectAt(Level.Params, root["params"]);
        Require(root["params"] is null or JsonTree.Members or JsonTree.Scalar { Raw: "null" });
        var meta = ObjectAt(Level.Meta, body["_meta"]);
        Require(body["_meta"] is null or JsonTree.Members or JsonTree.Scalar { Raw: "null" });
        var related = ObjectAt(Level.RelatedTask, meta[NameRules.RelatedTask]);

        var method = (root["method"] as JsonTree.Text)?.Value;
        var (relatedTask, ownTask) = (TaskId(related), TaskId(body));
        var isProgress = kind is JsonRpcKind.Notification && method == "notifications/progress";
        var isCancelled = kind is JsonRpcKind.Notification && method == "notifications/cancelled";
        return new Facts(kind)
        {
            Id = IdOrNone(root["id"]),
            Method = method,
            Params = root["params"] as JsonTree.Members,
            Result = root["result"],
            Token = isProgress ? TokenOf(body, optional: false) : TokenOf(meta, optional: true),
            CancelledId = isCancelled ? CancelledId(body) : null,
            Task = relatedTask ?? ownTask,
        };
    }

    private JsonRpcKind Kind(JsonTree.Members root)
    {
        var isError = root.Has("error");
        if (root.Has("method"))
        {
            Require(!isError && !root.Has("result"));
            Require(!root.Has("id") || Facts.IsId(root["id"]));
            return root.Has("id") ? JsonRpcKind.Request : JsonRpcKind.Notification;
        }

        Require(isError != root.Has("result"));
        Require(Facts.IsId(root["id"]) || (isError && root["id"] is JsonTree.Scalar { Raw: "null" }));
        return isError ? JsonRpcKind.Error : JsonRpcKind.Result;
    }

    private JsonTree? TokenOf(JsonTree.Members body, bool optional)
    {
        var token = body["progressToken"];
        Require(Facts.IsId(token) || (optional && token is null or JsonTree.Scalar { Raw: "null" }));
        return IdOrNone(token);
    }

    private JsonTree? CancelledId(JsonTree.Members body)
    {
        Require(!body.Has("requestId") || Facts.IsId(body["requestId"]));
        return IdOrNone(body["requestId"]);
    }

    private string? TaskId(JsonTree.Members body)
    {
        Require(body["taskId"] is not JsonTree.Text { IsWellFormed: false });
        return (body["taskId"] as JsonTree.Text)?.Value;
    }

    private JsonTree.Members ObjectAt(Level level, JsonTree? value)
    {
        var members = value as JsonTree.Members ?? JsonTree.Members.Empty;
        var names = members.All.Select(member => member.Key).ToList();
        Require(names.Distinct().Count() == names.Count);
        Require(names.All(name => new JsonTree.Text(name).IsWellFormed && !NameRules.IsDisguised(level, name)));
        return members;
    }

    private static JsonTree? IdOrNone(JsonTree? value) => Facts.IsId(value) ? value : null;

    private void Require(bool holds) => _refused |= !holds;
}
