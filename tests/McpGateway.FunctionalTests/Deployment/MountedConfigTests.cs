using McpGateway.FunctionalTests.Hosting;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Deployment;

/// <summary>gateway.json in a mounted ConfigMap.</summary>
public sealed class MountedConfigTests
{
    [Fact]
    public async Task ConfigMap_ThatChanges_IsInForceAndLeavesOtherServersAlone()
    {
        Skip.Unless(OperatingSystem.IsLinux(), "Kubernetes' mounts are Linux's.");
        var json = TestGateway.TestServerJson();
        await using var gateway = await TestGateway.StartAsync(json.ToJsonString());
        await MountAsync(gateway.Folder, "..2026_01_01", json.ToJsonString());
        File.Delete(gateway.ConfigFile);
        File.CreateSymbolicLink(gateway.ConfigFile, "..data/gateway.json");
        await using var client = await StreamableClient.ConnectAsync(gateway);
        var pid = await client.PidAsync();

        json["mcpServers"]!["second"] = json["mcpServers"]!["test"]!.DeepClone();
        await MountAsync(gateway.Folder, "..2026_01_02", json.ToJsonString());
        Directory.Delete(Path.Combine(gateway.Folder, "..2026_01_01"), recursive: true);

        var second = new Uri(gateway.BaseAddress, "second/message");
        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await TestHttp.SendAsync(HttpMethod.Post, second, TestHttp.Json(Rpc.Request("1", "ping")));
                return answer.Status == 200;
            },
            "the new server is served", TestHttp.Timeout);
        Assert.Equal(pid, await client.PidAsync());
    }

    // As kubelet does it: https://github.com/kubernetes/kubernetes/blob/master/pkg/volume/util/atomic_writer.go
    private static async Task MountAsync(string folder, string version, string json)
    {
        Directory.CreateDirectory(Path.Combine(folder, version));
        await File.WriteAllTextAsync(Path.Combine(folder, version, "gateway.json"), json, TestHttp.Token);
        File.CreateSymbolicLink(Path.Combine(folder, "..data_tmp"), version);
        // .NET renames no link to a folder over another.
        var renamed = await Tool.RunAsync("mv", ["-fT", Path.Combine(folder, "..data_tmp"), Path.Combine(folder, "..data")]);
        Assert.Equal((0, ""), (renamed.ExitCode, renamed.Errors));
    }
}
