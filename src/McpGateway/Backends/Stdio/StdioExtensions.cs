namespace McpGateway.Backends.Stdio;

public static class StdioExtensions
{
    /// <summary>Adds what stdio servers are served with, on top of the sessions.</summary>
    public static IServiceCollection AddStdioServers(this IServiceCollection services) => services.AddSingleton<StdioParts>();
}
