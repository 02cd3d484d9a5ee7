using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Keys;

/// <summary>Rejects invalid keys in the settings at start-up, and not when the first token is refused.</summary>
internal sealed class IssuerKeysValidator : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var errors = options.Jwt.Issuers.SelectMany(Errors).ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Errors(JwtIssuerOptions issuer, int index)
    {
        var path = $"Access:Jwt:Issuers:{index}";
        foreach (var (number, key) in issuer.PublicKeys.Index())
        {
            if (PublicKeys.Parse(key) is null)
            {
                yield return $"{path}:PublicKeys:{number}: write a PEM text that starts with -----BEGIN PUBLIC KEY----- or "
                    + "-----BEGIN CERTIFICATE-----; an RSA key must have at least 2048 bits";
            }
        }

        if (issuer.JwksFile is { } file && FileError(issuer) is { } error)
            yield return $"{path}:JwksFile: {file} {error}";
    }

    private static string? FileError(JwtIssuerOptions issuer)
    {
        try
        {
            return KeySources.Fixed(issuer).Count > 0
                ? null
                : "contains no usable public key; an RSA key must have at least 2048 bits";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "cannot be read";
        }
        catch (ArgumentException)
        {
            return "is not a JSON Web Key Set; write { \"keys\": [ … ] }";
        }
    }
}
