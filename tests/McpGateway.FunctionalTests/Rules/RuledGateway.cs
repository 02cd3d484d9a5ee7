using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Rules;

/// <summary>
/// A gateway with rules on its one server <c>test</c>, and two callers: one who has the scope admin, and one who has none.
/// </summary>
internal static class RuledGateway
{
    public const string Admin = "Bearer mgw_0123456789abcdef0123456789abcdef";
    public const string Guest = "Bearer mgw_fedcba9876543210fedcba9876543210";

    public static Task<TestGateway> StartAsync(string tools, string isolation = "session", params string[] arguments) =>
        TestGateway.StartAsync(Json(tools, isolation, arguments), Settings());

    public static string Json(string tools, string isolation = "session", params string[] arguments) =>
        TestGateway.TestServerJson(
            arguments, new JsonObject { ["tools"] = JsonNode.Parse(tools), ["isolation"] = isolation }).ToJsonString();

    public static Dictionary<string, string?> Settings() => new()
    {
        ["Access:ApiKeys:0:Name"] = "admin", ["Access:ApiKeys:0:Sha256"] = Hash(Admin), ["Access:ApiKeys:0:Scopes:0"] = "admin",
        ["Access:ApiKeys:1:Name"] = "guest", ["Access:ApiKeys:1:Sha256"] = Hash(Guest),
    };

    private static string Hash(string user) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(user["Bearer ".Length..])));
}
