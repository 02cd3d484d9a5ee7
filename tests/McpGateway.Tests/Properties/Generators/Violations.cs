using FsCheck;
using FsCheck.Fluent;
using McpGateway.Backends.Stdio.Sharing;
using McpGateway.Cli.DemoServer;
using McpGateway.JsonRpc;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties.Generators;

/// <summary>A message in which one rule is broken.</summary>
internal sealed record Violation(string Rule, JsonTree Tree, int Style)
{
    public PrintedTree Printed => new(Tree, Style);

    public override string ToString() => $"{Rule}: {Printed}";
}

/// <summary>Breaks one rule in a proper message, each in all the ways that it can be.</summary>
internal static class Violations
{
    private static readonly (string Rule, Func<Message, Gen<JsonTree>> Break)[] Rules =
    [
        ("names are not used twice", message => AtAnyLevel(message, level => NameTwice(message.Root, level))),
        ("names are not in disguise", message => AtAnyLevel(message, level =>
            Names.ReadAt(level).SelectMany(Names.InDisguise).SelectMany(
                name => Edits.Planted(message.Root, level, name, Values.Any)))),
        ("names are well-formed", message => AtAnyLevel(message, level =>
            Texts.IllFormed.SelectMany(name => Edits.Planted(message.Root, level, name, Values.Any)))),
        ("a message is an object", _ => Values.Any.Where(value => value is not JsonTree.Members)),
        ("there is a version", message => Gen.Constant<JsonTree>(message.Root.Without("jsonrpc"))),
        ("the version is 2.0", message => Set(message, Level.Root, "jsonrpc", Gen.OneOf(
            Values.Any.Where(value => value is not JsonTree.Text { Value: "2.0" }), Values.IllFormedText))),
        ("an id is one", message => Set(message, Level.Root, "id", Values.NoIdAndNoNull)),
        ("null is the id of an error alone", message => message.Facts.Kind is JsonRpcKind.Error
            ? Gen.Constant<JsonTree>(message.Root.Without("id").Without("error").With("result", JsonTree.Null))
            : Set(message, Level.Root, "id", Gen.Constant(JsonTree.Null))),
        ("an answer has an id", message => message.Facts.Method is null
            ? Gen.Constant<JsonTree>(message.Root.Without("id"))
            : Gen.Constant<JsonTree>(message.Root.Without("id").Without("method").With("result", JsonTree.Null))),
        ("a method is a text", message => Set(message, Level.Root, "method", Gen.OneOf(Values.NoText, Values.IllFormedText))),
        ("there is one outcome or a method", message =>
            Gen.Constant<JsonTree>(message.Root.Without("method").Without("result").Without("error"))),
        ("there is one outcome", message => message.Facts.Kind is JsonRpcKind.Result
            ? Set(message, Level.Root, "error", Values.Any)
            : Set(message, Level.Root, "result", Values.Any)),
        ("an answer has no method", message => message.Facts.Method is null
            ? Set(message, Level.Root, "method", Texts.WellFormed.Select(text => (JsonTree)new JsonTree.Text(text)))
            : Set(message, Level.Root, "error", Values.Any)),
        ("params is an object", message => Set(message, Level.Root, "params", Values.NoObjectAndNoNull)),
        ("_meta is an object", message => Set(message, Level.Params, "_meta", Values.NoObjectAndNoNull)),
        ("a progress token is one", message => Set(
            message, IsProgress(message) ? Level.Params : Level.Meta, "progressToken", Values.NoIdAndNoNull)),
        ("progress has a token", message => IsProgress(message)
            ? Gen.Elements(
                Edits.At(message.Root, Level.Params, body => body.Without("progressToken")),
                Edits.At(message.Root, Level.Params, body => body.With("progressToken", JsonTree.Null)))
            : Set(message, Level.Meta, "progressToken", Values.NoIdAndNoNull)),
        ("a cancellation names an id", message => Set(
            message with { Root = Cancellation(message.Root) }, Level.Params, "requestId",
            Gen.OneOf(Values.NoIdAndNoNull, Gen.Constant(JsonTree.Null)))),
        ("a task is well-formed", message => Gen.Elements(Level.Params, Level.RelatedTask)
            .SelectMany(level => Set(message, level, "taskId", Values.IllFormedText))),
    ];

    public static readonly Gen<Violation> Any =
        from message in Messages.Any
        from rule in Gen.Elements(Rules)
        from tree in rule.Break(message)
        from style in Messages.Style
        select new Violation(rule.Rule, tree, style);

    private static bool IsProgress(Message message) =>
        message.Facts is { Kind: JsonRpcKind.Notification, Method: McpMethod.Progress };

    private static JsonTree.Members Cancellation(JsonTree.Members root) =>
        root.Without("id").Without("result").Without("error").With("method", new JsonTree.Text(McpMethod.Cancelled));

    private static Gen<JsonTree> AtAnyLevel(Message message, Func<Level, Gen<JsonTree>> plant) =>
        Gen.Elements(NameRules.Levels).SelectMany(plant);

    private static Gen<JsonTree> Set(Message message, Level level, string name, Gen<JsonTree> values) =>
        values.Select(value => Edits.At(message.Root, level, members => members.With(name, value)));

    private static Gen<JsonTree> NameTwice(JsonTree.Members root, Level level)
    {
        var present = Edits.Find(root, level).All.Select(member => member.Key).ToArray();
        return
            from name in present.Length == 0
                ? Gen.OneOf(Names.ReadAt(level), Texts.WellFormed)
                : Gen.OneOf(Names.ReadAt(level), Texts.WellFormed, Gen.Elements(present))
            from once in present.Contains(name) ? Gen.Constant<JsonTree>(root) : Edits.Planted(root, level, name, Values.Any)
            from twice in Edits.Planted((JsonTree.Members)once, level, name, Values.Any)
            select twice;
    }
}
