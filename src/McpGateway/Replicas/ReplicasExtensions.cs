namespace McpGateway.Replicas;

public static class ReplicasExtensions
{
    /// <summary>Adds what the gateway knows of its peers, and of its own leaving.</summary>
    public static IServiceCollection AddReplicas(this IServiceCollection services) => services
        .AddSingleton<ReplicaTable>()
        .AddSingleton<ForwardingSignature>()
        .AddSingleton<PeerStates>()
        .AddSingleton<ForwardedStreams>()
        .AddSingleton<DrainState>();
}
