using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace McpGateway.Access.Authentication;

/// <summary>
/// Gives a caller the claims that stand in the token, to the letter. The library's own claims hold numbers beyond 64 bits
/// rounded: two subjects, or two tenants that a child's key is made of, could then be one.
/// </summary>
internal sealed class ExactTokenHandler : JsonWebTokenHandler
{
    // Claims keep the names that they have in the token.
    public ExactTokenHandler() => MapInboundClaims = false;

    protected override ClaimsIdentity CreateClaimsIdentity(
        JsonWebToken jwtToken, TokenValidationParameters validationParameters, string issuer)
    {
        using var payload = TokenPeek.Parse(jwtToken.EncodedPayload) ?? throw new SecurityTokenMalformedException();
        var identity = validationParameters.CreateClaimsIdentity(jwtToken, issuer);
        foreach (var member in payload.RootElement.EnumerateObject())
        {
            // An array is several claims of one name; one inside it is a value like any other.
            var values = member.Value.ValueKind is JsonValueKind.Array ? member.Value.EnumerateArray().ToArray() : [member.Value];
            identity.AddClaims(values.Select(TextOf).OfType<string>()
                .Select(text => new Claim(member.Name, text, ClaimValueTypes.String, issuer)));
        }

        return identity;
    }

    // Null says that there is no value, and so there is no claim.
    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
