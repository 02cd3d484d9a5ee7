using Microsoft.AspNetCore.Authorization;

namespace McpGateway.Access.Authorization;

/// <summary>A caller may use the server that is called: <c>auth</c> in gateway.json, as it stands now.</summary>
internal sealed class ServerRequirement : IAuthorizationRequirement;
