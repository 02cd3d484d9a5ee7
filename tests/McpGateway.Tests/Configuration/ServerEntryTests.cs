using McpGateway.Cli.DemoServer;
using McpGateway.Configuration;

namespace McpGateway.Tests.Configuration;

/// <summary>The keys of a server.</summary>
public sealed class ServerEntryTests : IDisposable
{
    private readonly ConfigFixture _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Server_OnlyCommand_HasTheDefaults()
    {
        Assert.Equal(
            new ServerConfig { Name = "one", Target = new StdioTarget { Command = "x" } },
            _file.Server("""{ "command": "x" }"""));
    }

    [Fact]
    public void Server_EveryKeyOfAChild_IsTaken()
    {
        var expected = new ServerConfig
        {
            Name = "one",
            Target = new StdioTarget
            {
                Command = "x",
                Arguments = new EquatableList<string>(["a", ""]),
                Environment = new EquatableMap<string>([KeyValuePair.Create("K", "v"), KeyValuePair.Create("N", "-1.50")]),
                Secrets = new EquatableList<string>(["v", "-1.50"]),
                Isolation = Isolation.Shared,
                InheritEnvironment = true,
                WorkingDirectory = _file.Folder.File("sub"),
            },
            StartTimeout = TimeSpan.FromSeconds(1),
            RequestTimeout = TimeSpan.FromMinutes(3),
            RequestMaximum = TimeSpan.FromHours(24),
            IdleTimeout = new TimeSpan(1, 2, 3),
            MaxProcesses = 10_000,
            Warm = 2,
            MaxSessions = 500,
            MaxSessionsPerUser = 5,
            OnExit = OnExit.Terminate,
            HibernateAfter = TimeSpan.FromMinutes(5),
            MaxMemory = 512 * 1024 * 1024,
            Origins = new EquatableList<string>(["https://app.example.com", "*"]),
            RateLimit = new RateLimitConfig { PermitsPerMinute = 600, Concurrency = 32, Queue = 64, OpeningsPerMinute = 10 },
        };
        Assert.Equal(expected, _file.Server("""
            {
              "type": "stdio", "command": "x", "args": ["a", ""], "env": { "K": "v", "N": -1.50 }, "cwd": "sub",
              "inheritEnvironment": true, "isolation": "shared", "startTimeout": "00:00:01", "requestTimeout": "00:03:00",
              "requestMaximum": "24:00:00", "idleTimeout": "01:02:03", "maxProcesses": 10000,
              "warm": 2, "maxSessions": 500, "maxSessionsPerUser": 5, "onExit": "terminate", "hibernateAfter": "00:05:00",
              "maxMemoryMiB": 512,
              "cors": { "origins": ["https://app.example.com", "*"] },
              "rateLimit": { "permitsPerMinute": 600, "concurrency": 32, "queue": 64, "openingsPerMinute": 10 }
            }
            """));
    }

    [Fact]
    public void Server_NullValues_AreAsIfLeftOut()
    {
        Assert.Equal(
            _file.Server("""{ "command": "x" }"""),
            _file.Server("""
                {
                  "command": "x", "url": null, "args": null, "env": null, "cwd": null, "idleTimeout": null, "disabled": null
                }
                """));
    }

    [Fact]
    public void Auth_Scopes_AreTakenOnceEach()
    {
        _file.Environment["SCOPE"] = "three";
        var auth = _file.Server("""{ "command": "x", "auth": { "scopes": ["one", "two:*", "one", "${SCOPE}"] } }""").Auth;
        Assert.Equal(["one", "two:*", "three"], auth.Scopes);
        Assert.Equal(new ServerAuthConfig(), _file.Server("""{ "command": "x", "auth": {} }""").Auth);
        Assert.Equal(["a", "b"],
            _file.Server("""{ "command": "x", "auth": { "claims": { "groups": ["a", "b", "a"] } } }""").Auth.Claims["groups"]);
    }

    [Fact]
    public void Auth_Differs_IsAnotherServerWithTheSameTarget()
    {
        var (one, other) = (_file.Server("""{ "command": "x" }"""),
            _file.Server("""{ "command": "x", "auth": { "scopes": ["a"] } }"""));
        Assert.NotEqual(one, other);
        Assert.Equal(one.Target, other.Target);
    }

    [Theory]
    [InlineData("\"http\"", RemoteTransport.StreamableHttp)]
    [InlineData("\"streamable-http\"", RemoteTransport.StreamableHttp)]
    [InlineData("\"streamableHttp\"", RemoteTransport.StreamableHttp)]
    [InlineData("\"streamable_http\"", RemoteTransport.StreamableHttp)]
    [InlineData("\"sse\"", RemoteTransport.Sse)]
    public void Type_OfARemoteServer_IsTakenUnderBothNames(string type, RemoteTransport transport)
    {
        Assert.Equal(transport, _file.Remote($$"""{ "url": "https://example.com/x", "type": {{type}} }""").Transport);
        Assert.Equal(transport, _file.Remote($$"""{ "url": "https://example.com/x", "transport": {{type}} }""").Transport);
    }

    [Theory]
    [InlineData("https://example.com/sse", RemoteTransport.Sse)]
    [InlineData("https://example.com/x/sse/", RemoteTransport.Sse)]
    [InlineData("https://example.com/sse?key=1", RemoteTransport.Sse)]
    [InlineData("https://example.com/mcp", RemoteTransport.StreamableHttp)]
    [InlineData("https://example.com/assess", RemoteTransport.StreamableHttp)]
    [InlineData("https://example.com/?x=/sse", RemoteTransport.StreamableHttp)]
    public void Type_MissingBesideUrl_IsDetected(string url, RemoteTransport transport)
    {
        Assert.Equal(transport, _file.Remote($$"""{ "url": "{{url}}" }""").Transport);
    }

    [Fact]
    public void Urls_OfARemoteServer_AreAllItsAddresses()
    {
        var target = _file.Remote("""{ "urls": ["https://a.test/sse", "https://b.test/sse"] }""");
        Assert.Equal(["https://a.test/sse", "https://b.test/sse"], target.Urls.Select(url => url.AbsoluteUri));
        Assert.Equal(RemoteTransport.Sse, target.Transport);
        Assert.Single(_file.Remote("""{ "url": "https://a.test/mcp" }""").Urls);
    }

    [Theory]
    [InlineData("accept")]
    [InlineData("Mcp-Session-Id")]
    [InlineData("Transfer-Encoding")]
    public void Header_ThatTheGatewaySets_WarnsAndIsLeftOut(string name)
    {
        var entry = $$"""{ "url": "https://a.test/mcp", "headers": { "{{name}}": "x", "X-Other": "y" } }""";
        Assert.Contains("has no effect", Assert.Single(_file.LoadServer(entry).Warnings).Message, StringComparison.Ordinal);
        Assert.Equal("X-Other", Assert.Single(_file.Remote(entry).Headers).Key);
    }

    [Theory]
    [InlineData("""{ "url": "https://a.test", "urls": ["https://b.test"] }""", "$.mcpServers.one.urls",
        "cannot be combined with url")]
    [InlineData("""{ "urls": [] }""", "$.mcpServers.one.urls", "is empty; write at least one URL")]
    [InlineData("""{ "urls": ["https://a.test", "ftp://b.test"] }""", "$.mcpServers.one.urls[1]", "absolute URL")]
    [InlineData("""{ "urls": ["https://a.test", "https://a.test/"] }""", "$.mcpServers.one.urls[1]", "twice")]
    [InlineData("""{ "urls": ["https://a.test/mcp", "https://b.test/sse"] }""", "$.mcpServers.one.urls[1]",
        "a different transport")]
    [InlineData("""{ "url": "https://a.test/mcp#x" }""", "$.mcpServers.one.url", "fragment")]
    [InlineData("""{ "command": "x", "urls": ["https://example.com"] }""", "$.mcpServers.one", "both command and urls")]
    [InlineData("""{ "command": "x", "type": "http" }""", "$.mcpServers.one.type", "must be stdio")]
    [InlineData("""{ "url": "https://example.com", "transport": "stdio" }""", "$.mcpServers.one.transport",
        "must be http or sse")]
    [InlineData("""{ "command": "x", "type": "pipe" }""", "$.mcpServers.one.type", "write one of: stdio, http, ")]
    [InlineData("""{ "command": "x", "type": "stdio", "transport": "stdio" }""", "$.mcpServers.one.transport",
        "another name for type")]
    [InlineData("""{ "command": "x", "url": "https://example.com" }""", "$.mcpServers.one", "both command and url")]
    [InlineData("""{ "args": [] }""", "$.mcpServers.one", "neither")]
    [InlineData("""{ "command": "" }""", "$.mcpServers.one.command", "empty")]
    [InlineData("""{ "command": ["x"] }""", "$.mcpServers.one.command", "write a string")]
    [InlineData("""{ "command": "x", "args": "a" }""", "$.mcpServers.one.args", "array of strings")]
    [InlineData("""{ "command": "x", "args": ["a", 8080] }""", "$.mcpServers.one.args[1]", "write a string")]
    [InlineData("""{ "command": "x", "args": ["a\u0000b"] }""", "$.mcpServers.one.args[0]", "NUL")]
    [InlineData("""{ "command": "x", "env": [] }""", "$.mcpServers.one.env", "write an object")]
    [InlineData("""{ "command": "x", "env": { "A": null } }""", "$.mcpServers.one.env.A", "\"\" for an empty value")]
    [InlineData("""{ "command": "x", "env": { "A": [] } }""", "$.mcpServers.one.env.A", "write a string")]
    [InlineData("""{ "command": "x", "env": { "A": "\u0000" } }""", "$.mcpServers.one.env.A", "NUL")]
    [InlineData("""{ "command": "x", "env": { "A=B": "" } }""", "$.mcpServers.one.env['A=B']",
        "is not a valid name for a variable")]
    [InlineData("""{ "command": "x", "disabled": "yes" }""", "$.mcpServers.one.disabled", "true or false")]
    [InlineData("""{ "command": "x", "inheritEnvironment": 1 }""", "$.mcpServers.one.inheritEnvironment", "true or false")]
    [InlineData("""{ "command": "x", "maxProcesses": 0 }""", "$.mcpServers.one.maxProcesses", "from 1 to 10000")]
    [InlineData("""{ "command": "x", "maxProcesses": 10001 }""", "$.mcpServers.one.maxProcesses", "from 1 to 10000")]
    [InlineData("""{ "command": "x", "maxProcesses": 1.5 }""", "$.mcpServers.one.maxProcesses", "from 1 to 10000")]
    [InlineData("""{ "command": "x", "maxProcesses": "4" }""", "$.mcpServers.one.maxProcesses", "without quotes")]
    [InlineData("""{ "command": "x", "startTimeout": 90 }""", "$.mcpServers.one.startTimeout", "\"00:01:30\"")]
    [InlineData("""{ "command": "x", "startTimeout": 0 }""", "$.mcpServers.one.startTimeout", "hh:mm:ss")]
    [InlineData("""{ "command": "x", "startTimeout": "30s" }""", "$.mcpServers.one.startTimeout", "hh:mm:ss")]
    [InlineData("""{ "command": "x", "startTimeout": "00:00:00" }""", "$.mcpServers.one.startTimeout", "more than zero")]
    [InlineData("""{ "command": "x", "startTimeout": "24:00:01" }""", "$.mcpServers.one.startTimeout", "24 hours")]
    [InlineData("""{ "command": "x", "startTimeout": "00:60:00" }""", "$.mcpServers.one.startTimeout", "hh:mm:ss")]
    [InlineData("""{ "command": "x", "startTimeout": "1.00:00:00" }""", "$.mcpServers.one.startTimeout", "hh:mm:ss")]
    [InlineData("""{ "url": "example.com/mcp" }""", "$.mcpServers.one.url", "absolute URL")]
    [InlineData("""{ "url": "/mcp" }""", "$.mcpServers.one.url", "absolute URL")]
    [InlineData("""{ "serverUrl": "ftp://example.com" }""", "$.mcpServers.one.serverUrl", "absolute URL")]
    [InlineData("""{ "url": "https://a:b@example.com" }""", "$.mcpServers.one.url", "user name or password")]
    [InlineData("""{ "url": "https://example.com", "headers": { "A": "x\r\ny" } }""", "$.mcpServers.one.headers.A", "line break")]
    [InlineData("""{ "url": "https://example.com", "headers": { "A": "\u0000" } }""", "$.mcpServers.one.headers.A", "NUL")]
    [InlineData("""{ "url": "https://example.com", "headers": { "A": "é" } }""", "$.mcpServers.one.headers.A", "ASCII")]
    [InlineData("""{ "url": "https://example.com", "headers": { "A b": "" } }""", "$.mcpServers.one.headers['A b']",
        "is not a valid header name")]
    [InlineData("""{ "command": "x", "auth": true }""", "$.mcpServers.one.auth", "write an object with the keys scopes, claims")]
    [InlineData("""{ "command": "x", "auth": { "claims": ["a"] } }""", "$.mcpServers.one.auth.claims",
        "an object whose values are arrays of strings")]
    [InlineData("""{ "command": "x", "auth": { "claims": { "a": "b" } } }""", "$.mcpServers.one.auth.claims.a",
        "array of strings")]
    [InlineData("""{ "command": "x", "auth": { "claims": { "a": [] } } }""", "$.mcpServers.one.auth.claims.a", "lists no value")]
    [InlineData("""{ "command": "x", "auth": { "claims": { " a": ["b"] } } }""", "$.mcpServers.one.auth.claims[' a']",
        "is not a valid claim name")]
    [InlineData("""{ "command": "x", "auth": { "claims": { "scope": ["b"] } } }""", "$.mcpServers.one.auth.claims.scope",
        "auth.scopes")]
    [InlineData("""{ "command": "x", "auth": { "scope": "a" } }""", "$.mcpServers.one.auth.scope", "would protect nothing")]
    [InlineData("""{ "command": "x", "auth": { "Scopes": ["a"] } }""", "$.mcpServers.one.auth.Scopes", "would protect nothing")]
    [InlineData("""{ "command": "x", "auth": { "scopes": "a" } }""", "$.mcpServers.one.auth.scopes", "array of strings")]
    [InlineData("""{ "command": "x", "auth": { "scopes": ["a", "b c"] } }""", "$.mcpServers.one.auth.scopes[1]",
        "without spaces")]
    [InlineData("""{ "url": "https://example.com", "auth": { "scopes": ["a\"b"] } }""", "$.mcpServers.one.auth.scopes[0]",
        "quotes")]
    [InlineData("""{ "command": "x", "auth": { "scopes": [""] } }""", "$.mcpServers.one.auth.scopes[0]", "a scope is")]
    [InlineData("""{ "command": "x", "tools": ["a"] }""", "$.mcpServers.one.tools",
        "write an object with the keys allow, deny, scopes")]
    [InlineData("""{ "command": "x", "tools": { "denied": [] } }""", "$.mcpServers.one.tools.denied", "would protect nothing")]
    [InlineData("""{ "command": "x", "tools": { "Deny": ["a"] } }""", "$.mcpServers.one.tools.Deny", "would protect nothing")]
    [InlineData("""{ "command": "x", "tools": { "deny": "a" } }""", "$.mcpServers.one.tools.deny", "array of strings")]
    [InlineData("""{ "command": "x", "tools": { "allow": ["a", 5] } }""", "$.mcpServers.one.tools.allow[1]", "write a string")]
    [InlineData("""{ "command": "x", "tools": { "allow": [""] } }""", "$.mcpServers.one.tools.allow[0]",
        "is not a valid pattern")]
    [InlineData("""{ "command": "x", "tools": { "deny": ["a", "b "] } }""", "$.mcpServers.one.tools.deny[1]",
        "is not a valid pattern")]
    [InlineData("""{ "command": "x", "tools": { "deny": ["a\nb"] } }""", "$.mcpServers.one.tools.deny[0]",
        "is not a valid pattern")]
    [InlineData("""{ "command": "x", "tools": { "scopes": ["a"] } }""", "$.mcpServers.one.tools.scopes",
        "an object whose values are arrays of strings")]
    [InlineData("""{ "command": "x", "tools": { "scopes": { "a": "b" } } }""", "$.mcpServers.one.tools.scopes.a",
        "array of strings")]
    [InlineData("""{ "command": "x", "tools": { "scopes": { "a": [] } } }""", "$.mcpServers.one.tools.scopes.a",
        "lists no scope")]
    [InlineData("""{ "command": "x", "tools": { "scopes": { "a": ["b c"] } } }""", "$.mcpServers.one.tools.scopes.a[0]",
        "without spaces")]
    [InlineData("""{ "url": "https://example.com", "tools": { "scopes": { " a": ["b"] } } }""",
        "$.mcpServers.one.tools.scopes[' a']", "is not a valid pattern")]
    [InlineData("""{ "command": "x", "cors": { "origin": [] } }""", "$.mcpServers.one.cors.origin", "would protect nothing")]
    [InlineData("""{ "command": "x", "cors": { "origins": ["https://a.example/"] } }""", "$.mcpServers.one.cors.origins[0]",
        "as browsers send it: scheme and host in lower case")]
    [InlineData("""{ "command": "x", "cors": { "origins": ["null"] } }""", "$.mcpServers.one.cors.origins[0]",
        "as browsers send it: scheme and host in lower case")]
    [InlineData("""{ "command": "x", "rateLimit": 5 }""", "$.mcpServers.one.rateLimit",
        "permitsPerMinute, concurrency, queue, openingsPerMinute")]
    [InlineData("""{ "command": "x", "rateLimit": { "permits": 5 } }""", "$.mcpServers.one.rateLimit.permits",
        "would protect nothing")]
    [InlineData("""{ "command": "x", "rateLimit": { "permitsPerMinute": 0 } }""", "$.mcpServers.one.rateLimit.permitsPerMinute",
        "from 1 to")]
    [InlineData("""{ "command": "x", "rateLimit": { "queue": -1 } }""", "$.mcpServers.one.rateLimit.queue", "from 0 to")]
    [InlineData("""{ "command": "x", "warm": 5, "maxProcesses": 4 }""", "$.mcpServers.one.warm", "is greater than maxProcesses")]
    [InlineData("""{ "command": "x", "maxSessions": 0 }""", "$.mcpServers.one.maxSessions", "1")]
    [InlineData("""{ "command": "x", "Auth": {} }""", "$.mcpServers.one.Auth", "resembles the security key auth")]
    [InlineData("""{ "command": "x", "tool": {} }""", "$.mcpServers.one.tool", "resembles the security key tools")]
    [InlineData("""{ "command": "x", "CORS": {} }""", "$.mcpServers.one.CORS", "resembles the security key cors")]
    [InlineData("""{ "command": "x", "rate_limits": {} }""", "$.mcpServers.one.rate_limits",
        "resembles the security key rateLimit")]
    [InlineData("""{ "command": "x", "isolaton": "user" }""", "$.mcpServers.one.isolaton",
        "resembles the security key isolation")]
    [InlineData("""{ "command": "x", "isolation": "none" }""", "$.mcpServers.one.isolation",
        "write one of: session, user, shared")]
    [InlineData("""{ "command": "x", "onExit": "restart" }""", "$.mcpServers.one.onExit", "write one of: revive, terminate")]
    [InlineData("""{ "command": "x", "hibernateAfter": 5 }""", "$.mcpServers.one.hibernateAfter", "hh:mm:ss")]
    [InlineData("""{ "command": "x", "maxMemoryMiB": "1G" }""", "$.mcpServers.one.maxMemoryMiB", "whole number")]
    [InlineData("""{ "command": "x", "isolation": "User" }""", "$.mcpServers.one.isolation",
        "write one of: session, user, shared")]
    public void Server_Wrong_IsOneErrorWithItsPath(string entry, string path, string message)
    {
        var error = _file.Error(entry);
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tools_AreReadAndComparedByValue()
    {
        const string Entry =
            """{ "command": "x", "tools": { "allow": ["a", "b_*"], "deny": ["B_2"], "scopes": { "a": ["s", "s", "t"] } } }""";
        var tools = _file.Server(Entry).Tools!;
        Assert.Equal(["a", "b_*"], tools.Allow!);
        Assert.Equal(["B_2"], tools.Deny);
        Assert.Equal(["s", "t"], tools.Scopes["a"]);
        Assert.Equal(tools, _file.Server(Entry).Tools);
        Assert.NotEqual(tools, _file.Server(Entry.Replace("B_2", "B_3", StringComparison.Ordinal)).Tools);
    }

    [Theory]
    [InlineData("""{ "command": "x" }""")]
    [InlineData("""{ "command": "x", "tools": null }""")]
    [InlineData("""{ "command": "x", "tools": {} }""")]
    [InlineData("""{ "command": "x", "tools": { "deny": [], "scopes": {} } }""")]
    public void Tools_WithoutARule_AreNone(string entry) => Assert.Null(_file.Server(entry).Tools);

    [Fact]
    public void Tools_AllowingNothing_WarnAndAllowNothing()
    {
        var result = _file.LoadServer("""{ "command": "x", "tools": { "allow": [] } }""");
        Assert.Contains("allows nothing at all", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
        Assert.Empty(result.Config!.Servers["one"].Tools!.Allow!);
    }

    [Theory]
    [InlineData("""{ "command": "x", "comand": "y" }""", "$.mcpServers.one.comand", "did you mean command?")]
    [InlineData("""{ "command": "x", "ENV": {} }""", "$.mcpServers.one.ENV", "did you mean env?")]
    [InlineData("""{ "command": "x", "starttimeout": "00:00:01" }""", "$.mcpServers.one.starttimeout",
        "did you mean startTimeout?")]
    [InlineData("""{ "command": "x", "disable": true }""", "$.mcpServers.one.disable", "did you mean disabled?")]
    [InlineData("""{ "command": "x", "isolation": "user" }""", "$.mcpServers.one.isolation",
        "callers that are not authenticated count as one user")]
    [InlineData("""{ "command": "x", "dev": {} }""", "$.mcpServers.one.dev", "is an unknown key and is ignored")]
    [InlineData("""{ "command": "x", "headers": {} }""", "$.mcpServers.one.headers", "no effect together with command")]
    [InlineData("""{ "url": "https://example.com", "cwd": "x" }""", "$.mcpServers.one.cwd", "no effect together with url")]
    [InlineData("""{ "command": "x", "requestMaximum": "00:00:01" }""", "$.mcpServers.one", "requestMaximum is less")]
    public void Server_Odd_LoadsWithOneWarning(string entry, string path, string message)
    {
        var result = _file.LoadServer(entry);
        Assert.Empty(result.Errors);
        var warning = Assert.Single(result.Warnings);
        Assert.Equal(path, warning.Path);
        Assert.Contains(message, warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Server_Disabled_IsNotLookedAt()
    {
        var result = _file.LoadServer(
            """{ "args": 1, "auth": {}, "env": { "A": "${NOT_SET}" }, "unknown": 1, "disabled": true }""");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Empty(result.Config!.Servers);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"npx\"")]
    public void Server_NotAnObject_IsOneError(string entry)
    {
        var result = _file.Load($$"""{ "default": "one", "mcpServers": { "one": {{entry}} } }""");
        Assert.Equal("$.mcpServers.one", Assert.Single(result.Errors).Path);
    }
}
