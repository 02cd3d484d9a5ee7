using System.Text.Json.Nodes;
using McpGateway.JsonRpc;

namespace McpGateway.Policies;

/// <summary>A message, or a session, that is not taken, and what to answer.</summary>
/// <param name="RetryAfter">When trying again makes sense; null when it does not.</param>
internal sealed record Refusal(RefusalReason Reason, JsonRpcError Error, TimeSpan? RetryAfter = null)
{
    // Long enough for calls to end and idle children to make room, short enough for a person who waits.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <summary>What the message needs, when the caller has not all of it.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The methods that are left, when this one is not allowed.</summary>
    public string? Allow { get; init; }

    public static Refusal SessionNotFound { get; } = new(RefusalReason.NotFound, new(
        JsonRpcErrorCode.NotFound, "The session does not exist or has ended. Send initialize to begin a new one."));

    /// <summary>
    /// For a probe by <see cref="McpMethod.Discover"/>. Its code says no more than no: after -32022 (UnsupportedProtocolVersion)
    /// some clients do not fall back to initialize, and neither when the text names a header.
    /// </summary>
    public static Refusal NotDiscoverable { get; } =
        BadRequest($"{McpMethod.Discover} is not served here. Begin with {McpMethod.Initialize}.");

    public static Refusal IdInFlight { get; } = Invalid("A request with this id is still in flight on the same stream.");

    public static Refusal AlreadyInitialized { get; } = Invalid("This session is already initialized.");

    public static Refusal Draining { get; } = Unavailable("The gateway is shutting down.");

    public static Refusal QueuesFull { get; } = Unavailable("The gateway's queues are full (Limits:QueuedBytes).");

    public static Refusal TooManyCalls { get; } =
        Overloaded(RefusalReason.TooMany, "Too many requests are in flight here. Wait for some of their answers.");

    /// <summary>Too many requests of one client are in flight and wait for it (rateLimit, Access:RateLimit).</summary>
    public static Refusal TooManyAtATime { get; } =
        Overloaded(RefusalReason.TooMany, "Too many of your requests are in flight. Wait for some of their answers.");

    /// <param name="wait">When trying again makes sense.</param>
    public static Refusal TooManyMessages(TimeSpan wait) => new(
        RefusalReason.TooMany,
        new JsonRpcError(
            JsonRpcErrorCode.Overloaded, "You send more messages than you may. Retry-After says when to go on."),
        wait);

    /// <inheritdoc cref="TooManyMessages"/>
    public static Refusal TooManyOpenings(TimeSpan wait) => new(
        RefusalReason.TooMany,
        new JsonRpcError(
            JsonRpcErrorCode.Overloaded, "You open more sessions and streams than you may. Retry-After says when to go on."),
        wait);

    /// <param name="limit">The setting that says how many.</param>
    public static Refusal TooManySessions(string limit) => Unavailable($"The limit of open sessions is reached ({limit}).");

    /// <inheritdoc cref="TooManySessions"/>
    public static Refusal TooManySessionsOfUser(string limit) =>
        Overloaded(RefusalReason.TooMany, $"You have reached the limit of sessions for one user ({limit}).");

    /// <summary>
    /// A session whose child sleeps gets it as the answer to its request, where no header can tell when to come back.
    /// </summary>
    public static Refusal TooManyProcesses(string server) => new(
        RefusalReason.Unavailable,
        new JsonRpcError(
            JsonRpcErrorCode.Overloaded, $"All processes of the server '{server}' are taken (maxProcesses).",
            new JsonObject { ["server"] = server, ["retryAfterMs"] = (long)Soon.TotalMilliseconds }),
        Soon);

    public static Refusal Invalid(string message) =>
        new(RefusalReason.Invalid, new JsonRpcError(JsonRpcErrorCode.InvalidRequest, message));

    /// <param name="allow">The methods that are left.</param>
    public static Refusal MethodNotAllowed(string allow) =>
        new(RefusalReason.MethodNotAllowed, new JsonRpcError(JsonRpcErrorCode.InvalidRequest, $"Use {allow} here."))
        {
            Allow = allow,
        };

    /// <summary>The request lacks what its transport needs.</summary>
    public static Refusal BadRequest(string message) =>
        new(RefusalReason.Invalid, new JsonRpcError(JsonRpcErrorCode.Refused, message));

    /// <param name="problem">Which of its values the user did not bring along; never with a value in it.</param>
    public static Refusal MissingUserValue(string problem) =>
        new(RefusalReason.Forbidden, new JsonRpcError(JsonRpcErrorCode.Unauthorized, problem));

    /// <param name="scopes">All that the message needs.</param>
    public static Refusal MissingScopes(IReadOnlyList<string> scopes) => new(RefusalReason.Forbidden, new JsonRpcError(
        JsonRpcErrorCode.Unauthorized, $"This needs a token or key with the scopes: {string.Join(' ', scopes)}",
        new JsonObject { ["scopes"] = new JsonArray([.. scopes.Select(scope => (JsonNode?)scope)]) })) { Scopes = scopes };

    private static Refusal Unavailable(string message) => Overloaded(RefusalReason.Unavailable, message);

    private static Refusal Overloaded(RefusalReason reason, string message) =>
        new(reason, new JsonRpcError(JsonRpcErrorCode.Overloaded, message), Soon);
}
