using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using Microsoft.AspNetCore.Builder;

namespace McpGateway.FunctionalTests.Remote;

/// <summary>A gateway in front of remote servers: <c>far</c>, also the default, and <c>other</c> at the same address.</summary>
internal static class RemoteGateway
{
    public static Task<TestGateway> StartAsync(
        string url, JsonObject? keys = null, Dictionary<string,
            string?>? settings = null, Action<WebApplicationBuilder>? adjust = null) =>
        TestGateway.StartAsync(Json(url, keys), settings, adjust ?? TestUsers.Add);

    public static string Json(string url, JsonObject? keys = null) => new JsonObject
    {
        ["default"] = "far",
        ["mcpServers"] = new JsonObject { ["far"] = Server(url, keys), ["other"] = Server(url, keys) },
    }.ToJsonString();

    /// <summary>A gateway with several addresses of one server.</summary>
    public static Task<TestGateway> StartAsync(
        string[] urls, JsonObject? keys = null, Dictionary<string, string?>? settings = null) =>
        TestGateway.StartAsync(Json(urls, keys), settings, TestUsers.Add);

    public static string Json(string[] urls, JsonObject? keys = null)
    {
        var server = Server("", keys);
        server.Remove("url");
        server["urls"] = new JsonArray([.. urls.Select(url => (JsonNode)url)]);
        return new JsonObject { ["mcpServers"] = new JsonObject { ["far"] = server } }.ToJsonString();
    }

    public static StreamableClient Client(TestGateway gateway, string? user = null, string path = "far/mcp") =>
        StreamableClient.Create(gateway, path, user);

    public static Task<StreamableClient> ConnectAsync(TestGateway gateway, string? user = null, string path = "far/mcp") =>
        StreamableClient.ConnectAsync(gateway, path, user: user);

    private static JsonObject Server(string url, JsonObject? keys)
    {
        var server = new JsonObject { ["url"] = url };
        foreach (var (key, value) in keys ?? [])
            server[key] = value?.DeepClone();
        return server;
    }
}
