using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Access.SignIn;

/// <summary>
/// A gateway under the URL that its clients connect to, and an issuer where they can register themselves and their users can
/// sign in. Its default server <c>test</c> needs the scope test:use, and its tool <c>cwd</c> test:admin too.
/// </summary>
internal sealed class SignInGateway : IAsyncDisposable
{
    private SignInGateway(Issuer issuer, GuardedGateway guarded, RequestLog requests) =>
        (Issuer, Guarded, Requests) = (issuer, guarded, requests);

    public Issuer Issuer { get; }

    public GuardedGateway Guarded { get; }

    public TestGateway Gateway => Guarded.Gateway;

    public RequestLog Requests { get; }

    /// <summary>Skips or fails the test where Node.js or the packages are missing.</summary>
    public static async Task<SignInGateway> StartAsync(SignInIssuer shared)
    {
        var issuer = await shared.StartAsync();
        var requests = new RequestLog();
        var url = $"http://127.0.0.1:{FreePort.Find()}";
        var guarded = await GuardedGateway.StartAsync(
            issuer, new() { ["Access:PublicUrl"] = url }, requests.Add, json: Json("test:use"), urls: url);
        return new(issuer, guarded, requests);
    }

    /// <summary>The gateway.json.</summary>
    /// <param name="scopes">What <c>test</c> needs.</param>
    public static JsonObject Json(params string[] scopes)
    {
        var json = GuardedGateway.Json(scopes);
        json["mcpServers"]!["test"]!["tools"] = JsonNode.Parse("""{"scopes":{"cwd":["test:admin"]}}""");
        return json;
    }

    public Uri Endpoint(string path) => new(Gateway.BaseAddress, path);

    public ValueTask DisposeAsync() => Guarded.DisposeAsync();
}
