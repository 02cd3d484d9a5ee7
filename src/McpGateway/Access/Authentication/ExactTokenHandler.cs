using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access.Authentication;

/// <summary>
/// Gives a caller exactly the claims that are in the token. The library rounds numbers beyond 64 bits, so two different subjects,
/// or two values that decide which child is used, could become equal.
/// </summary>
internal sealed class ExactTokenHandler : JsonWebTokenHandler
{
    // By default the handler renames claims to long URIs of WS-Federation. Here they keep their names from the token.
    public ExactTokenHandler() => MapInboundClaims = false;

    protected override ClaimsIdentity CreateClaimsIdentity(
        JsonWebToken jwtToken, TokenValidationParameters validationParameters, string issuer)
    {
        using var payload = TokenPeek.Parse(jwtToken.EncodedPayload) ?? throw new SecurityTokenMalformedException();
        var identity = validationParameters.CreateClaimsIdentity(jwtToken, issuer);
        foreach (var member in payload.RootElement.EnumerateObject())
        {
            // An array becomes several claims with the same name. An array inside it becomes one claim, as JSON text.
            var values = member.Value.ValueKind is JsonValueKind.Array ? member.Value.EnumerateArray().ToArray() : [member.Value];
            identity.AddClaims(values.Select(TextOf).OfType<string>()
                .Select(text => new Claim(member.Name, text, ClaimValueTypes.String, issuer)));
        }

        return identity;
    }

    // null means that there is no value, so it becomes no claim.
    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
