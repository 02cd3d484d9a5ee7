using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using McpGateway.Cli;
using Microsoft.Extensions.Configuration;

namespace McpGateway.Tests.Cli;

public sealed class TokenCommandTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly Dictionary<string, string?> _settings = [];

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void Key_Made_IsOnStdoutAndOnlyItsHashInTheSettings()
    {
        Assert.Equal(0, Run("key", "ci", "--scope", "a", "--scope", "b"));
        var key = _output.ToString().TrimEnd();
        Assert.Matches(@"\Amgw_[A-Za-z0-9_-]{43}\z", key);
        var said = _error.ToString();
        Assert.DoesNotContain(key, said, StringComparison.Ordinal);
        var entry = JsonElement.Parse(said[said.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Equal("ci", entry.GetProperty("Name").GetString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))),
            entry.GetProperty("Sha256").GetString());
        Assert.Equal(["a", "b"], entry.GetProperty("Scopes").Deserialize<string[]>()!);
    }

    [Fact]
    public void Key_Twice_AreTwo()
    {
        Run("key", "ci");
        Run("key", "ci");
        Assert.Equal(2, _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());
    }

    [Fact]
    public void Key_WithAWrongScope_IsRefused() => Assert.NotEqual(0, Run("key", "ci", "--scope", "a b"));

    [Fact]
    public void Secret_Made_IsLongEnough()
    {
        Assert.Equal(0, Run("secret"));
        Assert.True(_output.ToString().TrimEnd().Length >= 64); // for HS512 too
        Assert.Contains("Access__Jwt__Issuers__0__SharedSecret", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Jwt_WithoutASecret_SaysHowToGetOne()
    {
        Assert.Equal(2, Run("jwt"));
        Assert.Contains("token secret", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public void Jwt_WithAShortSecret_SaysSoAndDoesNotShowIt()
    {
        Configure("too-short");
        Assert.Equal(2, Run("jwt"));
        Assert.Contains("at least 32 bytes", _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("too-short", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Jwt_WithASecret_SaysWhatWasAskedFor()
    {
        Configure(new string('s', 32));
        Assert.Equal(0, Run("jwt", "--subject", "alice", "--scope", "a", "b", "--lifetime", "00:05:00"));
        var claims = JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(_output.ToString().Split('.')[1]));
        Assert.Equal(
            ("trial", "mcpgateway", "alice", "a b"),
            (Text("iss"), Text("aud"), Text("sub"), Text("scope")));
        Assert.Equal(300, claims.GetProperty("exp").GetInt64() - claims.GetProperty("nbf").GetInt64());

        string? Text(string name) => claims.GetProperty(name).GetString();
    }

    private void Configure(string secret)
    {
        _settings["Access:Jwt:Issuers:0:Issuer"] = "trial";
        _settings["Access:Jwt:Issuers:0:Audience"] = "mcpgateway";
        _settings["Access:Jwt:Issuers:0:SharedSecret"] = secret;
    }

    private int Run(params string[] arguments) =>
        new RootCommand { TokenCommand.Create(() => new ConfigurationBuilder().AddInMemoryCollection(_settings).Build(),
            TimeProvider.System) }
            .Parse(["token", .. arguments])
            .Invoke(new InvocationConfiguration { Output = _output, Error = _error });
}
