using Microsoft.AspNetCore.Authorization;

namespace McpGateway.Access.Authorization;

/// <summary>The caller may use the server that is called, according to <c>auth</c> in the current gateway.json.</summary>
internal sealed class ServerRequirement : IAuthorizationRequirement;
