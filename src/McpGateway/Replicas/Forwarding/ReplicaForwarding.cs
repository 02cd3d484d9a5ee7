using McpGateway.Http;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// Stands around the choice of a destination and the forwarder: what another replica could not take, and has not read, goes
/// to the next one, or is answered here.
/// </summary>
internal sealed partial class ReplicaForwarding(
    RequestDelegate next, ReplicaTable replicas, PeerStates peers, DrainState drain, ILogger<ReplicaForwarding> log)
{
    private static readonly Refusal NoAnswer = new(RefusalReason.Unavailable, new JsonRpcError(JsonRpcErrorCode.Overloaded,
        "The replica that has this session does not answer. Retry-After says when to try again."), TimeSpan.FromSeconds(5));

    private static readonly JsonRpcError Lost = new(JsonRpcErrorCode.InternalError,
        "The replica that has this session was lost in the midst of the request. Whether it was carried out is not known.");

    public Task InvokeAsync(HttpContext context)
    {
        var feature = context.GetReverseProxyFeature();
        if (feature.Cluster.Config.SessionAffinity?.Policy != ReplicaAffinity.PolicyName)
            return next(context); // no stdio server
        var isHere = feature.AvailableDestinations is [var only] && only.DestinationId == replicas.Self;
        if (context.Features.Get<ForwardedRequest>() is null)
            return isHere ? next(context) : ForwardAsync(context, feature);
        // It was placed here, and is passed on no more. The body must not be touched: the sender still has it for another.
        if (drain.IsDraining && !McpEndpoint.TryFindReplica(context, out _))
            return RefuseUnreadAsync(context);
        ServeHere(feature);
        return next(context);
    }

    private async Task ForwardAsync(HttpContext context, IReverseProxyFeature feature)
    {
        try
        {
            var candidates = feature.AvailableDestinations;
            var isOpening = !McpEndpoint.TryFindReplica(context, out _);
            while (true)
            {
                await next(context);
                var outcome = ForwardingOutcome.Of(context);
                if (feature.ProxiedDestination is not { } tried || outcome is ForwardingResult.Answered || context.Response.HasStarted)
                    return;
                if (outcome is ForwardingResult.Lost || (!isOpening && outcome is ForwardingResult.NoAnswer))
                {
                    await AnswerAsync(context, outcome, hasLeft: !isOpening && peers.HasLeft(tried.DestinationId));
                    return;
                }

                MarkAway(tried.DestinationId);
                Forget(context, feature);
                // Nothing is there that could hold the session: it is looked up here, and not found.
                candidates = [.. candidates.Where(candidate => candidate != tried)];
                feature.AvailableDestinations = candidates;
                if (!isOpening || candidates.Count == 0)
                    ServeHere(feature);
            }
        }
        finally
        {
            EndPassage(context);
        }
    }

    private static void EndPassage(HttpContext context)
    {
        context.Features.Get<ForwardedStream>()?.End();
        context.Features.Set<ForwardedStream>(null);
    }

    private void ServeHere(IReverseProxyFeature feature) =>
        feature.AvailableDestinations = ReplicaAffinity.Find(feature.AllDestinations, replicas.Self)!;

    private void MarkAway(string replica)
    {
        if (peers.MarkAway(replica))
            Log.Away(log, replica);
    }

    private static void Forget(HttpContext context, IReverseProxyFeature feature)
    {
        feature.ProxiedDestination = null;
        EndPassage(context);
        context.Features.Set<IForwarderErrorFeature>(null);
        ForwardingOutcome.Forget(context);
        context.Response.Clear();
        SecurityHeaders.Apply(context.Response);
    }

    // The body may have been read by then, so nobody else can answer.
    private static Task AnswerAsync(HttpContext context, ForwardingResult outcome, bool hasLeft)
    {
        SecurityHeaders.Apply(context.Response);
        if (hasLeft) // it had no session any more, so it has carried out nothing
            return JsonRpcErrorWriter.WriteAsync(context, Refusal.SessionNotFound, default);
        return outcome is ForwardingResult.Lost
            ? JsonRpcErrorWriter.WriteAsync(context, StatusCodes.Status502BadGateway, Lost)
            : JsonRpcErrorWriter.WriteAsync(context, NoAnswer, default);
    }

    private static Task RefuseUnreadAsync(HttpContext context)
    {
        context.Response.Headers[ForwardingOutcome.UnreadHeader] = "1";
        return JsonRpcErrorWriter.WriteAsync(context, Refusal.Draining, default);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Replica {Replica} cannot be reached, or is about to stop", EventName = "ReplicaAway")]
        public static partial void Away(ILogger log, string replica);
    }
}
