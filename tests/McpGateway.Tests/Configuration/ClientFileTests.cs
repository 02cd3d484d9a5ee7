using McpGateway.Configuration;
using McpGateway.Configuration.Reading;

namespace McpGateway.Tests.Configuration;

/// <summary>The files that users of MCP clients already have work as they are.</summary>
public sealed class ClientFileTests
{
    [Fact]
    public void ClaudeDesktop_RealFile_LoadsWithoutFindings()
    {
        var result = Load("claude-desktop.json");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(["filesystem", "github", "sqlite"], result.Config!.Servers.Keys.Order());
        var sqlite = Assert.IsType<StdioTarget>(result.Config.Servers["sqlite"].Target);
        Assert.Equal("uvx", sqlite.Command);
        Assert.Equal(["mcp-server-sqlite", "--db-path", "/Users/ada/test.db"], sqlite.Arguments);
        Assert.Equal("64", sqlite.Environment["CACHE_MB"]);
        Assert.Equal("true", sqlite.Environment["READ_ONLY"]);
    }

    [Fact]
    public void Cursor_RealFile_LoadsItsServersAndLeavesOutTheDisabledOne()
    {
        var result = Load("cursor.json");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(["docs", "linear", "postgres"], result.Config!.Servers.Keys.Order());
        var linear = Assert.IsType<RemoteTarget>(result.Config.Servers["linear"].Target);
        Assert.Equal(RemoteTransport.Sse, linear.Transport);
        var docs = Assert.IsType<RemoteTarget>(result.Config.Servers["docs"].Target);
        Assert.Equal(RemoteTransport.StreamableHttp, docs.Transport);
        Assert.Equal("Bearer of-the-docs", docs.Headers["Authorization"]);
        var postgres = Assert.IsType<StdioTarget>(result.Config.Servers["postgres"].Target);
        Assert.Equal(
            new EquatableMap<string>(new Dictionary<string, string>
            {
                ["PGHOST"] = "db.example.com",
                ["PGPASSWORD"] = "p$ss word",
                ["PGOPTIONS"] = "-c statement_timeout=5000",
                ["PGUSER"] = "ada",
            }),
            postgres.Environment);
    }

    [Fact]
    public void VsCode_RealFile_LoadsItsServersAndWarnsOfItsOwnKeys()
    {
        var result = Load("vscode.json");
        Assert.Empty(result.Errors);
        Assert.Equal(["events", "fetch", "github", "playwright"], result.Config!.Servers.Keys.Order());
        Assert.Equal(RemoteTransport.StreamableHttp,
            Assert.IsType<RemoteTarget>(result.Config.Servers["github"].Target).Transport);
        Assert.Equal(RemoteTransport.Sse, Assert.IsType<RemoteTarget>(result.Config.Servers["events"].Target).Transport);
        Assert.Equal(
            ["$.servers.playwright.gallery", "$.servers.playwright.version", "$.servers.fetch.dev"],
            result.Warnings.Select(warning => warning.Path));
        Assert.All(result.Warnings, warning => Assert.Equal("is an unknown key and is ignored", warning.Message));
    }

    [Fact]
    public void WindsurfAndCline_RealFile_LoadsItsServers()
    {
        var result = Load("windsurf-cline.json");
        Assert.Empty(result.Errors);
        Assert.Equal(["figma", "memory", "puppeteer", "weather"], result.Config!.Servers.Keys.Order());
        Assert.Equal(RemoteTransport.Sse, Assert.IsType<RemoteTarget>(result.Config.Servers["figma"].Target).Transport);
        Assert.Equal(RemoteTransport.StreamableHttp,
            Assert.IsType<RemoteTarget>(result.Config.Servers["weather"].Target).Transport);
        Assert.Equal("/home/ada/project", Assert.IsType<StdioTarget>(result.Config.Servers["puppeteer"].Target).WorkingDirectory);
    }

    [Fact]
    public void CheckedIn_GatewayJson_StartsTheGatewaysOwnProgram()
    {
        var result = new GatewayConfigLoader(RepositoryFolder.File("config", "gateway.json"), HostEnvironmentVariables.Get)
            .Load();
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal("demo", result.Config!.Default);
        var demo = Assert.IsType<StdioTarget>(result.Config.Servers["demo"].Target);
        Assert.Equal(["demo-server"], demo.Arguments);
        Assert.True(File.Exists(demo.Command), $"{demo.Command} is where the gateway's program lies");
    }

    private static GatewayConfigResult Load(string fixture)
    {
        var environment = new Dictionary<string, string> { ["DOCS_TOKEN"] = "of-the-docs", ["PGUSER"] = "ada" };
        var path = RepositoryFolder.File("tests", "McpGateway.Tests", "Fixtures", fixture);
        return new GatewayConfigLoader(path, name => environment.GetValueOrDefault(name)).Load();
    }
}
