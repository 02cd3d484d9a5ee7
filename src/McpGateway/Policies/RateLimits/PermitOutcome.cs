namespace McpGateway.Policies.RateLimits;

/// <summary>How a request's wait for its permit has ended.</summary>
internal enum PermitOutcome
{
    /// <summary>It may be sent.</summary>
    Admitted,

    /// <summary>Too many wait already.</summary>
    Refused,

    /// <summary>It is no longer wanted.</summary>
    Left,
}
