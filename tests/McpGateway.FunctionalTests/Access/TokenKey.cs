using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpGateway.FunctionalTests.Access;

/// <summary>
/// An issuer's key, and whatever can be signed with it: by hand, so that what no library would make can be made.
/// </summary>
internal sealed class TokenKey(string? id = null)
{
    private readonly RSA _rsa = RSA.Create(2048);

    public string Id { get; } = id ?? Guid.NewGuid().ToString("N");

    public string Pem => _rsa.ExportSubjectPublicKeyInfoPem();

    /// <summary>As a published key set has it.</summary>
    public JsonObject Public => Jwk(_rsa.ExportParameters(includePrivateParameters: false));

    /// <summary>As an issuer is configured with it.</summary>
    public JsonObject Private => Jwk(_rsa.ExportParameters(includePrivateParameters: true));

    /// <summary>A key set with these keys.</summary>
    public static string Set(params IEnumerable<JsonObject> keys) =>
        new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => (JsonNode)key)]) }.ToJsonString();

    /// <summary>The claims of a token, unchecked.</summary>
    public static JsonElement Payload(string token) => JsonElement.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));

    /// <summary>A token signed with RS256.</summary>
    public string Sign(JsonObject claims, string? keyId = null) => Join(
        new JsonObject { ["alg"] = "RS256", ["typ"] = "at+jwt", ["kid"] = keyId ?? Id }, claims,
        bytes => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>A token signed with RS256 that names no key.</summary>
    public string SignNameless(JsonObject claims) => Join(
        new JsonObject { ["alg"] = "RS256" }, claims,
        bytes => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>A token of any header that is signed with a secret.</summary>
    public static string SignWithSecret(JsonObject header, JsonObject claims, byte[] secret) =>
        Join(header, claims, bytes => HMACSHA256.HashData(secret, bytes));

    /// <summary>A token without a signature.</summary>
    public static string Unsigned(JsonObject header, JsonObject claims) => Join(header, claims, _ => []);

    /// <summary>A token signed with RS256 whose claims are this text.</summary>
    public string SignText(string claims) => Join(
        new JsonObject { ["alg"] = "RS256", ["kid"] = Id }, Encoding.UTF8.GetBytes(claims),
        bytes => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    private static string Join(JsonObject header, JsonObject claims, Func<byte[], byte[]> sign) =>
        Join(header, Utf8(claims), sign);

    private static string Join(JsonObject header, byte[] claims, Func<byte[], byte[]> sign)
    {
        var signed = $"{Encode(Utf8(header))}.{Encode(claims)}";
        return $"{signed}.{Encode(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static byte[] Utf8(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static string Encode(byte[]? bytes) => Base64Url.EncodeToString(bytes ?? []);

    private JsonObject Jwk(RSAParameters key)
    {
        var jwk = new JsonObject
        {
            ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["kid"] = Id, ["n"] = Encode(key.Modulus),
            ["e"] = Encode(key.Exponent),
        };
        if (key.D is null)
            return jwk;
        (string Name, byte[]? Value)[] secrets =
            [("d", key.D), ("p", key.P), ("q", key.Q), ("dp", key.DP), ("dq", key.DQ), ("qi", key.InverseQ)];
        foreach (var (name, value) in secrets)
            jwk[name] = Encode(value);
        return jwk;
    }
}
