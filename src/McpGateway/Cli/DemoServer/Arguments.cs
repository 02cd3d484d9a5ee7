using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpGateway.Cli.DemoServer;

/// <summary>
/// Typed access to the arguments of a tool call. A wrong argument is a tool error, which a model can read and correct.
/// </summary>
internal static class Arguments
{
    public static string Text(this RequestContext<CallToolRequestParams> request, string name, string? otherwise = null) =>
        request.Find(name) switch
        {
            { ValueKind: JsonValueKind.String } value => value.GetString()!,
            null when otherwise is not null => otherwise,
            _ => throw new McpException($"Argument '{name}' must be a string."),
        };

    public static double Number(this RequestContext<CallToolRequestParams> request, string name, double? otherwise = null) =>
        request.Find(name) switch
        {
            { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
            null when otherwise is not null => otherwise.Value,
            _ => throw new McpException($"Argument '{name}' must be a number."),
        };

    public static double Number(
        this RequestContext<CallToolRequestParams> request, string name, double minimum, double maximum, double otherwise)
    {
        var value = request.Number(name, otherwise);
        if (value >= minimum && value <= maximum) return value;
        throw new McpException($"Argument '{name}' must be between {minimum} and {maximum}.");
    }

    private static JsonElement? Find(this RequestContext<CallToolRequestParams> request, string name) =>
        request.Params.Arguments is { } arguments && arguments.TryGetValue(name, out var value) ? value : null;
}
