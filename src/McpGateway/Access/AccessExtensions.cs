namespace McpGateway.Access;

public static class AccessExtensions
{
    /// <summary>Refuses requests from where none should come. Health checks come before it: kubelet's Host is the pod's address.</summary>
    public static IApplicationBuilder UseRequestGuard(this IApplicationBuilder app) => app.UseMiddleware<RequestGuard>();
}
