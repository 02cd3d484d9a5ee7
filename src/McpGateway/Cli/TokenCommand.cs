using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpGateway.Access;
using McpGateway.Configuration;
using McpGateway.Configuration.Host;

namespace McpGateway.Cli;

/// <summary>
/// <c>token key|secret|jwt</c>: creates API keys, and tokens for development. Only the key or token is written to stdout, so that
/// it can be piped; how to use it is written to stderr.
/// </summary>
internal static class TokenCommand
{
    private const int Done = 0;
    private const int Invalid = 2;

    // For a terminal: names outside ASCII must remain readable.
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="settings">The host's settings.</param>
    /// <param name="time">The clock.</param>
    public static Command Create(Func<IConfiguration> settings, TimeProvider time) =>
        new("token", "Creates API keys, and tokens for development.") { Key(), Secret(), Jwt(settings, time) };

    private static Command Key()
    {
        var name = new Argument<string>("NAME") { Description = "The name of whoever uses the key." };
        var scopes = Scopes();
        var command = new Command("key", "Creates an API key and prints it once; the settings contain only its hash.")
        {
            name, scopes,
        };
        command.SetAction(parsed =>
        {
            var (key, hash) = DevTokens.CreateKey();
            var entry = new JsonObject
            {
                ["Name"] = parsed.GetRequiredValue(name), ["Sha256"] = hash, ["Scopes"] = Array(parsed.GetValue(scopes) ?? []),
            };
            var output = parsed.InvocationConfiguration;
            // Nobody stores the key: this is the only time that it can be seen.
            output.Output.WriteLine(key);
            output.Error.WriteLine("Clients send the key as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.");
            output.Error.WriteLine("Add this to Access:ApiKeys in appsettings.json:");
            output.Error.WriteLine(entry.ToJsonString(Readable));
            return Done;
        });
        return command;
    }

    private static Command Secret()
    {
        var command = new Command("secret", "Creates a shared secret, with which `token jwt` creates tokens for development.");
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration;
            output.Output.WriteLine(DevTokens.CreateSecret());
            output.Error.WriteLine("For development only: everyone who can verify tokens with this secret can also create them.");
            output.Error.WriteLine("Set these environment variables for the gateway and for `token jwt`:");
            output.Error.WriteLine("  Access__Jwt__Issuers__0__Issuer=trial");
            output.Error.WriteLine("  Access__Jwt__Issuers__0__Audience=mcpgateway");
            output.Error.WriteLine("  Access__Jwt__Issuers__0__SharedSecret=SECRET");
            return Done;
        });
        return command;
    }

    private static Command Jwt(Func<IConfiguration> settings, TimeProvider time)
    {
        var subject = new Option<string>("--subject")
        {
            Description = "The user that the token is for.", HelpName = "NAME", DefaultValueFactory = _ => "developer",
        };
        var audience = new Option<string?>("--audience")
        {
            Description = "The audience of the token, such as the URL of a server. Default: the issuer's Audience.",
            HelpName = "URL",
        };
        var lifetime = new Option<TimeSpan>("--lifetime")
        {
            Description = "How long the token is valid, as hh:mm:ss.",
            HelpName = "TIME",
            DefaultValueFactory = _ => TimeSpan.FromHours(1),
        };
        var scopes = Scopes();
        var command = new Command("jwt", "Creates a token of the first issuer in the settings that has a SharedSecret.")
        {
            subject, audience, scopes, lifetime,
        };
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration;
            var access = settings().GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new();
            var issuer = access.Jwt.Issuers.FirstOrDefault(issuer => issuer.SharedSecret is not null);
            var meant = parsed.GetValue(audience) ?? issuer?.Audience;
            if (Problems(access, issuer, meant, parsed.GetValue(lifetime)) is [_, ..] problems)
                return Refuse(output.Error, problems);
            var request = new TokenRequest(
                parsed.GetRequiredValue(subject), meant!, parsed.GetValue(scopes) ?? [], parsed.GetValue(lifetime));
            output.Output.WriteLine(DevTokens.CreateToken(issuer!, request, time.GetUtcNow()));
            return Done;
        });
        return command;
    }

    private static string[] Problems(AccessOptions access, JwtIssuerOptions? issuer, string? audience, TimeSpan lifetime)
    {
        if (issuer is null)
            return ["No issuer in Access:Jwt:Issuers has a SharedSecret. `token secret` creates one and prints where to set it."];
        // The gateway would refuse to start with these settings, so their tokens would be of no use.
        if (JwtOptionsValidator.Errors(access).ToArray() is [_, ..] errors)
            return errors;
        if (audience is null)
            return ["The issuer has no Audience; pass the URL of the server with --audience."];
        return lifetime > TimeSpan.Zero ? [] : ["--lifetime: write a time longer than 00:00:00."];
    }

    private static Option<string[]> Scopes()
    {
        var option = new Option<string[]>("--scope")
        {
            Description = "A scope to grant. Can be given several times.", HelpName = "SCOPE",
            AllowMultipleArgumentsPerToken = true,
        };
        option.Validators.Add(result =>
        {
            if (!result.Tokens.All(token => Scope.IsValid(token.Value)))
                result.AddError($"--scope: {Scope.Advice}");
        });
        return option;
    }

    private static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static int Refuse(TextWriter errors, string[] lines)
    {
        foreach (var line in lines)
            errors.WriteLine(line);
        return Invalid;
    }
}
