namespace McpGateway.Access.Authentication;

/// <summary>A credential was refused. The message is sent to the client and never contains a part of the credential.</summary>
/// <param name="status">
/// The HTTP status: 401, 400 for a malformed request, or 503 when the credential cannot be verified now.
/// </param>
/// <param name="error">The code of RFC 6750, section 3.1; null when there was no credential.</param>
/// <param name="message">A sentence for people.</param>
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
        "The issuer of the token is unreachable, so the token cannot be verified. Try again later.");
}
