using McpGateway.Configuration;
using Microsoft.Extensions.Options;

namespace McpGateway.Access.Keys;

/// <summary>Finds keys in the settings that are none, before the first caller is refused for it.</summary>
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
                yield return $"{path}:PublicKeys:{number}: write a PEM text that begins with -----BEGIN PUBLIC KEY----- or "
                    + "-----BEGIN CERTIFICATE-----; an RSA key has at least 2048 bits";
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
                : "holds no public key for signatures; an RSA key has at least 2048 bits";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "cannot be read";
        }
        catch (ArgumentException)
        {
            return "is no key set; write { \"keys\": [ … ] }";
        }
    }
}
