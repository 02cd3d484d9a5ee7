namespace McpGateway.Access.Authentication;

/// <summary>The kinds of credentials that a request can carry.</summary>
internal enum CredentialKind
{
    None,

    /// <summary>An API key: in X-API-Key, or a bearer token with the prefix of the gateway's keys.</summary>
    ApiKey,

    /// <summary>A bearer token from an issuer.</summary>
    Token,

    /// <summary>A token in the URL, from where it would leak into logs and Referer headers.</summary>
    InQuery,

    /// <summary>More than one. A proxy and the gateway might use different ones.</summary>
    Several,

    /// <summary>An Authorization header without a bearer token.</summary>
    Unknown,
}
