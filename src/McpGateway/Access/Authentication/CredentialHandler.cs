using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Authentication;

/// <summary>Takes API keys, and refuses what is neither key nor token. On an anonymous gateway it reads nothing.</summary>
internal sealed class CredentialHandler(
    AccessState state, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        var model = state.Current;
        if (!model.IsRequired)
            return AuthenticateResult.NoResult();
        var credential = Credential.Of(Request);
        return credential.Kind switch
        {
            CredentialKind.None => AuthenticateResult.NoResult(),
            CredentialKind.ApiKey when model.ApiKeys.Find(credential.Text) is { } owner =>
                AuthenticateResult.Success(new AuthenticationTicket(owner, Scheme.Name)),
            CredentialKind.ApiKey => Refuse(CredentialRefusedException.InvalidToken("The API key is not known.")),
            CredentialKind.InQuery => Refuse(CredentialRefusedException.InvalidRequest(
                StatusCodes.Status401Unauthorized, "The token belongs into the Authorization header, never into the URL.")),
            CredentialKind.Several => Refuse(CredentialRefusedException.InvalidRequest(
                StatusCodes.Status400BadRequest, "Send one credential: either a bearer token or an API key, once.")),
            _ => Refuse(CredentialRefusedException.InvalidToken("The Authorization header holds no bearer token.")),
        };
    }

    private static AuthenticateResult Refuse(CredentialRefusedException refusal) => AuthenticateResult.Fail(refusal);
}
