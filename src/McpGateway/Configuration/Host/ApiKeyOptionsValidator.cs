namespace McpGateway.Configuration.Host;

/// <summary>Rejects API keys that could never match, or whose owner is not known.</summary>
internal static class ApiKeyOptionsValidator
{
    private const int HashDigits = 64;

    public static IEnumerable<string> Errors(IReadOnlyList<ApiKeyOptions> keys)
    {
        foreach (var (index, key) in keys.Index())
        {
            var path = $"Access:ApiKeys:{index}";
            if (string.IsNullOrWhiteSpace(key.Name))
                yield return $"{path}:Name: write who uses the key; sessions are bound to this name";
            // Two keys may have the same name: they have one owner, and a key can be rotated without an interruption.
            if (key.Sha256.Length != HashDigits || !key.Sha256.All(char.IsAsciiHexDigit))
            {
                yield return $"{path}:Sha256: write the key's SHA-256 as {HashDigits} hexadecimal digits; "
                    + "`McpGateway token key` creates a key and prints its hash";
            }

            if (!key.Scopes.All(Scope.IsValid))
                yield return $"{path}:Scopes: {Scope.Advice}";
        }
    }
}
