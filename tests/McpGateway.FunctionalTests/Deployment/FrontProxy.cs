using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using McpGateway.Cli.DemoServer;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Interop;
using McpGateway.Tests.Shared;

namespace McpGateway.FunctionalTests.Deployment;

/// <summary>A reverse proxy with its shipped configuration, in front of a gateway.</summary>
internal sealed class FrontProxy : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private FrontProxy(Process process, DirectoryInfo folder, int port, string scheme)
    {
        (_process, _folder) = (process, folder);
        BaseAddress = new Uri($"{scheme}://127.0.0.1:{port}/");
    }

    /// <summary>With a trailing slash.</summary>
    public Uri BaseAddress { get; }

    public static Task<FrontProxy> StartAsync(string program, Uri gateway) =>
        program is "nginx" ? StartNginxAsync([gateway]) : StartCaddyAsync(gateway);

    /// <summary>Skips the test where there is no nginx.</summary>
    /// <returns>Its path.</returns>
    public static string RequireNginx() =>
        InteropParts.RequireProgram("install it (Debian: apt-get install nginx-light)", "nginx");

    /// <param name="gateways">Where requests go, round-robin.</param>
    /// <param name="certificate">Folder of fullchain.pem and privkey.pem, for https; null: plain http.</param>
    public static async Task<FrontProxy> StartNginxAsync(Uri[] gateways, string? certificate = null)
    {
        var program = RequireNginx();
        var (folder, port) = (Directory.CreateTempSubdirectory("mcpgateway-nginx-"), FreePort.Find());
        const string Shipped = "/etc/letsencrypt/live/mcp.example.com/";
        (string, string)[] tls = certificate is not null
            ? [($"{Shipped}fullchain.pem", $"{certificate}/fullchain.pem"),
                ($"{Shipped}privkey.pem", $"{certificate}/privkey.pem")]
            : [($"ssl_certificate {Shipped}fullchain.pem;", ""), ($"ssl_certificate_key {Shipped}privkey.pem;", "")];
        var site = DeployFiles.Read("nginx/mcpgateway.conf", [
            .. tls,
            ("listen 443 ssl http2;", certificate is null ? $"listen 127.0.0.1:{port};" : $"listen 127.0.0.1:{port} ssl http2;"),
            ("listen [::]:443 ssl http2;", ""),
            (Server("127.0.0.1:8000"), string.Join('\n', gateways.Select(gateway => Server(gateway.Authority)))),
        ]);
        static string Server(string address) => $"server {address} max_fails=1 fail_timeout=1s;";
        var temporary = string.Concat(((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
            .Select(kind => $"{kind}_temp_path {folder.FullName}/{kind}; "));
        await File.WriteAllTextAsync($"{folder.FullName}/site.conf", site, TestHttp.Token);
        await File.WriteAllTextAsync(
            $"{folder.FullName}/nginx.conf",
            $"daemon off; master_process off; pid {folder.FullName}/pid; error_log stderr; worker_rlimit_nofile 65536; "
            + "events { worker_connections 16384; }\n"
            + $"http {{ access_log off; {temporary} include {folder.FullName}/site.conf; }}\n",
            TestHttp.Token);
        string[] arguments = ["-e", "stderr", "-c", $"{folder.FullName}/nginx.conf"];
        var test = await Tool.RunAsync(program, ["-t", "-q", .. arguments]);
        Assert.Equal((0, ""), (test.ExitCode, test.Errors));
        return await StartAsync(program, arguments, folder, port, certificate is null ? "http" : "https", []);
    }

    private static Task<FrontProxy> StartCaddyAsync(Uri gateway)
    {
        var program = InteropParts.RequireProgram("install it (Debian: apt-get install caddy)", "caddy");
        var (folder, port) = (Directory.CreateTempSubdirectory("mcpgateway-caddy-"), FreePort.Find());
        return StartAsync(program, ["run", "--config", DeployFiles.PathOf("caddy/Caddyfile")], folder, port, "http", new()
        {
            ["MCPGATEWAY"] = gateway.Authority, ["MCPGATEWAY_HOST"] = $"http://127.0.0.1:{port}", ["HOME"] = folder.FullName,
            ["XDG_DATA_HOME"] = folder.FullName, ["XDG_CONFIG_HOME"] = folder.FullName, // it keeps its state there
            ["CADDY_ADMIN"] = $"unix/{folder.FullName}/admin.sock",
        });
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<FrontProxy> StartAsync(
        string program, string[] arguments, DirectoryInfo folder, int port, string scheme, Dictionary<string, string> environment)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None); // or a full pipe would stop it
        var proxy = new FrontProxy(process, folder, port, scheme);
        try
        {
            await Eventually.TrueAsync(() => process.HasExited || Listens(port), $"{program} listens");
            Assert.False(process.HasExited, process.HasExited ? await errors : "");
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    private static bool Listens(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
