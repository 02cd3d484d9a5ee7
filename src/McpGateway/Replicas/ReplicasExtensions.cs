namespace McpGateway.Replicas;

internal static class ReplicasExtensions
{
    /// <summary>Adds what the gateway knows of its peers.</summary>
    public static IServiceCollection AddReplicas(this IServiceCollection services) => services
        .AddSingleton<ReplicaTable>()
        .AddSingleton<PeerStates>();
}
