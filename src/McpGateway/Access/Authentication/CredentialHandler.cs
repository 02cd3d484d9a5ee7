using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Authentication;

/// <summary>
/// Authenticates API keys, and refuses what is neither a key nor a token. An anonymous gateway ignores all credentials.
/// </summary>
internal sealed class CredentialHandler(
    AccessMonitor state, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
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
            CredentialKind.ApiKey => Refuse(CredentialRefusedException.InvalidToken("The API key is not valid.")),
            CredentialKind.InQuery => Refuse(CredentialRefusedException.InvalidRequest(
                StatusCodes.Status401Unauthorized, "Send the token in the Authorization header, not in the URL.")),
            CredentialKind.Several => Refuse(CredentialRefusedException.InvalidRequest(
                StatusCodes.Status400BadRequest, "The request has several credentials. Send one bearer token or API key.")),
            _ => Refuse(CredentialRefusedException.InvalidToken("The Authorization header does not contain a bearer token.")),
        };
    }

    private static AuthenticateResult Refuse(CredentialRefusedException refusal) => AuthenticateResult.Fail(refusal);
}
