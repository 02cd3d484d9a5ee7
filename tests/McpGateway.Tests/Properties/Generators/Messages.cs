using FsCheck;
using FsCheck.Fluent;
using McpGateway.Cli.DemoServer;
using McpGateway.JsonRpc;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties.Generators;

/// <summary>Proper messages of all kinds, with members of all kinds that mean nothing where they stand.</summary>
internal static class Messages
{
    public static readonly Gen<int> Style = Gen.Frequency((1, Gen.Constant(0)), (6, Gen.Choose(1, int.MaxValue)));

    private static readonly JsonTree Version = new JsonTree.Text("2.0");

    private static readonly Gen<string> Methods = Gen.Frequency(
        (3, Gen.Elements(McpMethod.ToolsCall, McpMethod.Initialize, McpMethod.Ping, "tools/list", "tools/calls", "Ping")),
        (1, Gen.Elements(McpMethod.Progress, McpMethod.Cancelled)),
        (2, Texts.WellFormed), (1, Names.Reserved));

    private static readonly Gen<Message> Request =
        from id in Values.Id
        from method in Methods
        from body in Bodies.Any
        from root in Bodies.Assemble(
            Level.Root, ("jsonrpc", Version), ("id", id), ("method", Text(method)), ("params", body.Tree))
        from style in Style
        let facts = Facts(JsonRpcKind.Request, body) with { Id = id, Method = method, Token = body.MetaToken }
        select new Message(root, facts, style);

    private static readonly Gen<Message> Notification =
        from method in Methods
        from body in method switch
        {
            McpMethod.Progress => Bodies.OfProgress,
            McpMethod.Cancelled => Bodies.OfCancellation,
            _ => Bodies.Any,
        }
        from root in Bodies.Assemble(Level.Root, ("jsonrpc", Version), ("method", Text(method)), ("params", body.Tree))
        from style in Style
        select new Message(root, OfNotification(method, body), style);

    private static readonly Gen<Message> Result =
        from id in Values.Id
        from result in Values.Any
        from root in Bodies.Assemble(Level.Root, ("jsonrpc", Version), ("id", id), ("result", result))
        from style in Style
        select new Message(root, new Facts(JsonRpcKind.Result) { Id = id, Result = result }, style);

    private static readonly Gen<Message> Error =
        from id in Gen.Frequency((4, Values.Id), (1, Gen.Constant(JsonTree.Null)))
        from error in Values.Any
        from root in Bodies.Assemble(Level.Root, ("jsonrpc", Version), ("id", id), ("error", error))
        from style in Style
        select new Message(root, new Facts(JsonRpcKind.Error) { Id = Model.Facts.IsId(id) ? id : null }, style);

    public static readonly Gen<Message> Any = Gen.Frequency((3, Request), (3, Notification), (1, Result), (1, Error));

    /// <summary>Simpler to read: as short as it can be written.</summary>
    public static IEnumerable<Message> Simpler(Message message) => message.Style == 0 ? [] : [message with { Style = 0 }];

    private static Facts OfNotification(string method, Body body) => Facts(JsonRpcKind.Notification, body) with
    {
        Method = method,
        Token = method == McpMethod.Progress ? body.OwnToken : body.MetaToken,
        CancelledId = method == McpMethod.Cancelled ? body.RequestId : null,
    };

    private static Facts Facts(JsonRpcKind kind, Body body) =>
        new(kind) { Params = body.Tree as JsonTree.Members, Task = body.Task };

    private static JsonTree Text(string value) => new JsonTree.Text(value);
}
