namespace McpGateway.Configuration;

/// <summary>Where a value comes from that differs from user to user.</summary>
internal enum UserValueSource
{
    /// <summary>A claim of the caller's token.</summary>
    Claim,

    /// <summary>A header of the caller's request, one of <c>Access:UserHeaders</c>.</summary>
    Header,
}
