using System.Text.Json.Nodes;

namespace McpGateway.FunctionalTests.Access;

/// <summary>Somebody who issues tokens, and whose signing key the tests have too.</summary>
internal abstract class Issuer : IAsyncDisposable
{
    /// <summary>Its <c>iss</c>, which is also where its discovery document is.</summary>
    public string Name { get; protected init; } = null!;

    /// <summary>What it signs with now.</summary>
    public TokenKey Key { get; protected set; } = new();

    /// <summary>A token that it issues itself.</summary>
    /// <param name="subject">alice or bob.</param>
    /// <param name="audience">Whom it is for.</param>
    /// <param name="scope">What it allows; empty for nothing.</param>
    public abstract Task<string> IssueAsync(string subject, string audience, string scope = "");

    /// <summary>Signs with another key from now on, and publishes only that.</summary>
    public abstract Task RotateAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Claims of a token that is in force.</summary>
    public JsonObject Claims(string subject, string audience, string scope = "")
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return new JsonObject
        {
            ["iss"] = Name, ["sub"] = subject, ["aud"] = audience, ["scope"] = scope, ["iat"] = now, ["exp"] = now + 300,
            ["jti"] = Guid.NewGuid().ToString(),
        };
    }
}
