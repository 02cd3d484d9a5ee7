using System.Buffers.Text;
using Microsoft.Extensions.Options;

namespace McpGateway.Configuration;

/// <summary>Section <c>Replicas</c> of appsettings.json: what gateways that serve the same clients have in common.</summary>
public sealed class ReplicasOptions
{
    public const string Section = "Replicas";

    /// <summary>The least length of a key, in bytes.</summary>
    public const int KeyBytes = 32;

    /// <summary>
    /// Secrets in base64, of at least <see cref="KeyBytes"/> bytes. The first signs and seals, all are good for what comes back.
    /// None: one is made at start, and what it sealed ends with the process.
    /// </summary>
    public IReadOnlyList<string> Keys { get; set; } = [];
}

internal sealed class ReplicasOptionsValidator : IValidateOptions<ReplicasOptions>
{
    public ValidateOptionsResult Validate(string? name, ReplicasOptions options)
    {
        var errors = options.Keys.Index().Where(key => !IsKey(key.Item)).Select(key =>
            $"Replicas:Keys:{key.Index}: write at least {ReplicasOptions.KeyBytes} random bytes in base64 (openssl rand -base64 32)")
            .ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static bool IsKey(string key) => Base64.IsValid(key, out var bytes) && bytes >= ReplicasOptions.KeyBytes;
}
