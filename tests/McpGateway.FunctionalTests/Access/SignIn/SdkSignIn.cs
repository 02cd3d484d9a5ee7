using System.Text.Json;
using McpGateway.Access.Authentication;
using McpGateway.FunctionalTests.Hosting;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpGateway.FunctionalTests.Access.SignIn;

/// <summary>The official C# SDK's client, which has no token and signs its user in; and what it did for that.</summary>
internal sealed class SdkSignIn : ITokenCache, IAsyncDisposable
{
    private static readonly Uri Callback = new("http://127.0.0.1/callback"); // nobody listens: the browser does not go there

    private readonly UserBrowser _browser;
    private volatile TokenContainer? _tokens;

    private SdkSignIn(string user) => _browser = new UserBrowser(user);

    public McpClient Client { get; private set; } = null!;

    /// <summary>The queries of the authorization requests.</summary>
    public List<Dictionary<string, string>> Authorizations { get; } = [];

    /// <summary>The registrations at the issuer.</summary>
    public List<DynamicClientRegistrationResponse> Registrations { get; } = [];

    /// <summary>What the user did.</summary>
    public IReadOnlyList<string> Forms => _browser.Forms;

    /// <summary>How often the issuer gave tokens.</summary>
    public int Issued { get; private set; }

    /// <summary>What the client sends from now on.</summary>
    public TokenContainer Tokens { get => _tokens!; set => _tokens = value; }

    public static async Task<SdkSignIn> ConnectAsync(Uri endpoint, HttpTransportMode mode, string user = "alice")
    {
        var signIn = new SdkSignIn(user);
        try
        {
            signIn.Client = await McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = endpoint,
                TransportMode = mode,
                OAuth = new ClientOAuthOptions
                {
                    RedirectUri = Callback,
                    DynamicClientRegistration = new() { ClientName = "sdk", ResponseDelegate = signIn.KeepAsync },
                    AuthorizationCallbackHandler = signIn.AuthorizeAsync,
                    TokenCache = signIn,
                },
            }), cancellationToken: TestHttp.Token);
            return signIn;
        }
        catch
        {
            signIn._browser.Dispose();
            throw;
        }
    }

    /// <param name="tool">A tool of the TestServer.</param>
    /// <param name="arguments">Names and values by turns.</param>
    /// <returns>The answer's text.</returns>
    public async Task<string> CallAsync(string tool, params object[] arguments)
    {
        var named = arguments.Chunk(2).ToDictionary(pair => (string)pair[0], pair => (object?)pair[1]);
        var result = await Client.CallToolAsync(tool, named, cancellationToken: TestHttp.Token);
        return result.Content.OfType<TextContentBlock>().Single().Text;
    }

    /// <summary>The claims of the access token in use, which must be a JWT.</summary>
    public JsonElement Claims() => TokenKey.Payload(Tokens.AccessToken);

    public ValueTask StoreTokensAsync(TokenContainer tokens, CancellationToken cancellationToken)
    {
        _tokens = tokens;
        Issued++;
        return default;
    }

    public ValueTask<TokenContainer?> GetTokensAsync(CancellationToken cancellationToken) => new(_tokens);

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        _browser.Dispose();
    }

    private async Task<AuthorizationResult?> AuthorizeAsync(AuthorizationCallbackContext context,
        CancellationToken cancellationToken)
    {
        Authorizations.Add(UserBrowser.Query(context.AuthorizationUri));
        var answer = UserBrowser.Query(await _browser.AuthorizeAsync(context.AuthorizationUri));
        return new() { Code = answer.GetValueOrDefault("code"), State = answer["state"], Iss = answer.GetValueOrDefault("iss") };
    }

    private Task KeepAsync(DynamicClientRegistrationResponse registration, CancellationToken cancellationToken)
    {
        Registrations.Add(registration);
        return Task.CompletedTask;
    }
}
