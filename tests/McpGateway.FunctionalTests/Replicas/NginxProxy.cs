using System.Diagnostics;
using System.Net.Sockets;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Replicas;

/// <summary>The real nginx in front of replicas, in plain round-robin.</summary>
internal sealed class NginxProxy : IAsyncDisposable
{
    private const string Program = "nginx";

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private NginxProxy(Process process, DirectoryInfo folder, Uri address) => (_process, _folder, BaseAddress) = (process, folder, address);

    public Uri BaseAddress { get; }

    /// <summary>Skips the test where there is no nginx, or fails it where REQUIRE_INTEROP=1 says that none may be missing.</summary>
    public static void Require()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin");
        if (path.Any(folder => File.Exists(Path.Combine(folder, Program))))
            return;
        const string Reason = "There is no nginx: on Debian or Ubuntu, apt-get install nginx-light.";
        if (Environment.GetEnvironmentVariable("REQUIRE_INTEROP") is "1")
            Assert.Fail(Reason);
        Assert.Skip(Reason);
    }

    public static async Task<NginxProxy> StartAsync(IEnumerable<int> replicas)
    {
        var folder = Directory.CreateTempSubdirectory("mcpgateway-nginx-");
        var port = Ports.Free(1)[0];
        var file = Path.Combine(folder.FullName, "nginx.conf");
        await File.WriteAllTextAsync(file, Configuration(folder.FullName, port, replicas), Http.Token);
        var start = new ProcessStartInfo(Program, ["-c", file, "-p", folder.FullName, "-e", "stderr"])
        {
            Environment = { ["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin" },
        };
        var proxy = new NginxProxy(Process.Start(start)!, folder, new Uri($"http://127.0.0.1:{port}/"));
        await Eventually.TrueAsync(() => proxy.ListensAsync(port), "nginx listens", Http.Patience);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    // What matters: no buffering, no short time-outs, HTTP/1.1 to the gateways; and who is about to stop says 503 for nginx
    // to ask the next one.
    private static string Configuration(string folder, int port, IEnumerable<int> replicas) => $$"""
        daemon off; master_process off; pid {{folder}}/pid; worker_rlimit_nofile 65536; error_log stderr crit;
        events { worker_connections 16384; }
        http {
          access_log off;
          client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/f;
          uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
          upstream gateway {
            {{string.Join(' ', replicas.Select(replica => $"server 127.0.0.1:{replica} max_fails=1 fail_timeout=1s;"))}}
            keepalive 64;
          }
          server {
            listen 127.0.0.1:{{port}} backlog=4096;
            client_max_body_size 5m;
            location / {
              proxy_pass http://gateway;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $host;
              proxy_set_header X-Forwarded-For $remote_addr;
              proxy_buffering off;
              proxy_cache off;
              proxy_connect_timeout 2s;
              proxy_read_timeout 1h;
              proxy_send_timeout 1h;
              proxy_next_upstream error timeout http_503;
            }
          }
        }
        """;

    private async Task<bool> ListensAsync(int port)
    {
        Assert.False(_process.HasExited, "nginx has ended; see its error above");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync("127.0.0.1", port, Http.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
