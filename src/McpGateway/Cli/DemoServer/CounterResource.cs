using System.Globalization;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpGateway.Cli.DemoServer;

/// <summary>The counter as a resource, to which clients can subscribe.</summary>
internal sealed class CounterResource(Counter counter) : McpServerResource
{
    public const string Uri = "demo://counter";

    public override ResourceTemplate ProtocolResourceTemplate { get; } = new()
    {
        UriTemplate = Uri,
        Name = "counter",
        Title = "Counter",
        Description = "How often the tool `count` was called in this session. Subscribe to it to be notified of changes.",
        MimeType = "text/plain",
    };

    public override IReadOnlyList<object> Metadata => [];

    public override bool IsMatch(string uri) => uri == Uri;

    public override ValueTask<ReadResourceResult> ReadAsync(
        RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken = default)
    {
        var text = counter.Value.ToString(CultureInfo.InvariantCulture);
        return new(new ReadResourceResult
        {
            Contents = [new TextResourceContents { Uri = Uri, MimeType = "text/plain", Text = text }],
        });
    }

    public static ValueTask<EmptyResult> Subscribe(Counter counter, string uri, bool wanted)
    {
        // -32002 is the error for an unknown resource (MCP 2025-11-25, Resources, "Error Handling").
        if (uri != Uri) throw new McpProtocolException($"Unknown resource: {uri}", McpErrorCode.ResourceNotFound);
        counter.IsSubscribed = wanted;
        return new(new EmptyResult());
    }
}
