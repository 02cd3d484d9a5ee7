using System.Diagnostics;
using System.Text.Json;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Interop;

namespace McpGateway.FunctionalTests.Access;

/// <summary>oidc-provider, a certified OpenID provider: tests/interop/oidc-issuer.mjs.</summary>
internal sealed class OidcProviderIssuer : Issuer
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TestHttp.Timeout };

    private readonly Process _node;
    private readonly DirectoryInfo _folder;

    private OidcProviderIssuer(Process node, DirectoryInfo folder, TokenKey key, string name)
    {
        (_node, _folder, Key) = (node, folder, key);
        Name = name;
    }

    /// <summary>Skips or fails the test where Node.js or the packages are missing; see <see cref="InteropParts"/>.</summary>
    public static async Task<OidcProviderIssuer> StartAsync()
    {
        InteropParts.Require();
        var folder = Directory.CreateTempSubdirectory("mcpgateway-issuer-");
        var key = new TokenKey();
        var node = Process.Start(new ProcessStartInfo("node", ["oidc-issuer.mjs", "--keys", Write(folder, key)])
        {
            WorkingDirectory = InteropParts.Folder,
            RedirectStandardInput = true, // whose end is also its end
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        node.ErrorDataReceived += (_, _) => { };
        node.BeginErrorReadLine();
        var name = await node.StandardOutput.ReadLineAsync(TestHttp.Token).AsTask().WaitAsync(TestHttp.Timeout, TestHttp.Token);
        Assert.NotNull(name);
        return new OidcProviderIssuer(node, folder, key, name);
    }

    public override async Task<string> IssueAsync(string subject, string audience, string scope = "")
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = subject, ["client_secret"] = "secret", ["resource"] = audience,
            ["scope"] = scope,
        });
        using var answer = await Client.PostAsync(new Uri(Name + "/token"), form, TestHttp.Token);
        var text = await answer.Content.ReadAsStringAsync(TestHttp.Token);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text).Get("access_token").GetString()!;
    }

    public override async Task RotateAsync()
    {
        var key = new TokenKey();
        await _node.StandardInput.WriteLineAsync(Write(_folder, key));
        await _node.StandardInput.FlushAsync();
        Assert.Equal("rotated",
            await _node.StandardOutput.ReadLineAsync(TestHttp.Token).AsTask().WaitAsync(TestHttp.Timeout, TestHttp.Token));
        Key = key;
    }

    public override async ValueTask DisposeAsync()
    {
        _node.Kill(entireProcessTree: true);
        await _node.WaitForExitAsync();
        _node.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Write(DirectoryInfo folder, TokenKey key)
    {
        var file = Path.Combine(folder.FullName, key.Id + ".json");
        File.WriteAllText(file, TokenKey.Set(key.Private));
        return file;
    }
}
