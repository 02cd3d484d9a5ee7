namespace McpGateway.Access.Authentication;

/// <summary>A credential was not taken. The message is for the client and never holds anything of the credential.</summary>
/// <param name="status">The HTTP status: 401, 400 for a malformed request, 503 when nobody can tell now.</param>
/// <param name="error">The code of RFC 6750, section 3.1; null when there was no credential.</param>
/// <param name="message">One sentence for a person.</param>
internal sealed class CredentialRefusedException(int status, string? error, string message) : Exception(message)
{
    public int Status => status;

    public string? Error => error;

    public static CredentialRefusedException InvalidToken(string message) =>
        new(StatusCodes.Status401Unauthorized, "invalid_token", message);

    public static CredentialRefusedException InvalidRequest(int status, string message) =>
        new(status, "invalid_request", message);

    public static CredentialRefusedException IssuerUnavailable() => new(
        StatusCodes.Status503ServiceUnavailable, null,
        "The token's issuer cannot be reached, so the token cannot be checked now.");
}
