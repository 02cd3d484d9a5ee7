namespace McpGateway.Access.Authentication;

/// <summary>The kinds of credential that a request can carry.</summary>
internal enum CredentialKind
{
    None,

    /// <summary>In X-API-Key, or a bearer that begins as the gateway's own keys do.</summary>
    ApiKey,

    /// <summary>A bearer token of some issuer.</summary>
    Token,

    /// <summary>A token in the URL, where logs and Referer headers would spread it.</summary>
    InQuery,

    /// <summary>More than one: a proxy and the gateway might each believe another.</summary>
    Several,

    /// <summary>An Authorization header that is no bearer token.</summary>
    Unknown,
}
