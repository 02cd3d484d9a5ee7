using McpGateway.Configuration;

namespace McpGateway.Sessions;

/// <summary>What a backend may have to know of the HTTP request that it serves.</summary>
internal interface IClientRequest
{
    /// <summary>Who sends it.</summary>
    SessionOwner Owner { get; }

    /// <summary>The replica that its client is connected to; null: this one.</summary>
    string? Via { get; }

    /// <summary>Fires when the client has left.</summary>
    CancellationToken Aborted { get; }

    /// <summary>A header field; null when it is missing, empty or there are several.</summary>
    string? Header(string name);

    /// <summary>A value that its user brings along (<c>${claim:…}</c>, <c>${header:…}</c>); null for none or several.</summary>
    string? ValueOf(UserValueSource source, string name);

    /// <summary>Where the client of an HTTP+SSE session posts its messages.</summary>
    string MessageUrl(string sessionId);
}
