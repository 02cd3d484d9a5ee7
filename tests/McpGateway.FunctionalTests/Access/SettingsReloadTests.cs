using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Logging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace McpGateway.FunctionalTests.Access;

/// <summary>A settings file that changes while the gateway runs.</summary>
public sealed class SettingsReloadTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("mcpgateway-settings-").FullName,
        "settings.json");
    private readonly CapturedLog _log = new();

    public void Dispose()
    {
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
        _log.Dispose();
    }

    [Fact]
    public async Task File_KeyTakenOut_IsRefusedInItsLivingSession()
    {
        await WriteAsync(Settings("mgw_one"));
        await using var gateway = await TestGateway.StartWithTestServerAsync(adjust: builder =>
        {
            builder.Configuration.AddJsonFile(_file, optional: false, reloadOnChange: true);
            builder.Logging.AddProvider(_log);
        });
        await using var client = await StreamableClient.ConnectAsync(gateway, user: "Bearer mgw_one");

        await WriteAsync("{ \"Access\": ");
        await Eventually.TrueAsync(() => _log.Lines.Any(line =>
            line.Contains("settings.json could not be reloaded", StringComparison.Ordinal)), "it is logged");
        Assert.Equal(200, await PingAsync(client));

        await WriteAsync(Settings("mgw_two"));
        await Eventually.TrueAsync(async () => await PingAsync(client) == 401, "the key is revoked", TestHttp.Timeout);

        await WriteAsync(Settings("mgw_one"));
        await Eventually.TrueAsync(async () => await PingAsync(client) == 200, "it is back, and the session with it",
            TestHttp.Timeout);

        await WriteAsync("{}");
        await Eventually.TrueAsync(async () => await PingAsync(client) == 401, "nobody is let in", TestHttp.Timeout);
        Assert.Equal(401, await PingAsync(StreamableClient.Create(gateway)));
    }

    private static async Task<int> PingAsync(StreamableClient client)
    {
        using var answer = await client.PostAsync(Rpc.Request(client.NextId(), "ping"));
        return answer.Status;
    }

    private static string Settings(string key) => new JsonObject
    {
        ["Access"] = new JsonObject
        {
            ["ApiKeys"] = new JsonArray(new JsonObject
            {
                ["Name"] = "ci", ["Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key))),
            }),
        },
    }.ToJsonString();

    private Task WriteAsync(string text) => File.WriteAllTextAsync(_file, text, TestHttp.Token);
}
