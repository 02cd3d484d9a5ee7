using McpGateway.Drain;
using McpGateway.Http;
using McpGateway.JsonRpc;
using McpGateway.Policies;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace McpGateway.Replicas.Forwarding;

/// <summary>
/// Wraps the choice of a destination and the forwarder: a request that a peer could not accept, and has not read, goes to the
/// next replica, or is answered here.
/// </summary>
internal sealed partial class ReplicaForwarding(
    RequestDelegate next, ReplicaTable replicas, PeerStates peers, DrainState drain, ILogger<ReplicaForwarding> log)
{
    private static readonly Refusal NoAnswer = new(RefusalReason.Unavailable, new JsonRpcError(JsonRpcErrorCode.Overloaded,
        "The replica that has this session does not answer. Retry-After says when to try again."), TimeSpan.FromSeconds(5));

    private static readonly JsonRpcError Lost = new(JsonRpcErrorCode.InternalError,
        "The replica that has this session was lost during the request. Whether the request was carried out is not known.");

    public Task InvokeAsync(HttpContext context)
    {
        var feature = context.GetReverseProxyFeature();
        if (feature.Cluster.Config.SessionAffinity?.Policy != ReplicaAffinity.PolicyName)
            return next(context); // no stdio server
        var isHere = feature.AvailableDestinations is [var only] && only.DestinationId == replicas.Self;
        if (context.Features.Get<ForwardedRequest>() is null)
            return isHere ? next(context) : ForwardAsync(context, feature);
        // The sender has chosen this replica, so the request is not forwarded again. Its body must stay unread: the sender
        // may then give it to another replica.
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
            // Ends: each round either serves the request here or has one candidate less.
            while (true)
            {
                await next(context);
                var outcome = ForwardingOutcome.Of(context);
                // Without a destination the request was served here, and not by the forwarder.
                if (feature.ProxiedDestination is not { } tried || outcome is ForwardingResult.Answered
                    || context.Response.HasStarted)
                    return;
                // After a failed connection an opening may go elsewhere. A session is only at its owner, which may come back.
                if (outcome is ForwardingResult.Lost || (!isOpening && outcome is ForwardingResult.NoAnswer))
                {
                    await AnswerAsync(context, outcome, hasLeft: !isOpening && peers.HasLeft(tried.DestinationId));
                    return;
                }

                MarkAway(tried.DestinationId);
                Forget(context, feature);
                // The peer is gone, and its sessions with it: this replica does not find the session, and answers 404.
                candidates = [.. candidates.Where(candidate => candidate != tried)];
                feature.AvailableDestinations = candidates;
                if (!isOpening || candidates.Count == 0)
                    ServeHere(feature);
            }
        }
        finally
        {
            EndStream(context);
        }
    }

    private static void EndStream(HttpContext context)
    {
        context.Features.Get<ForwardedStream>()?.Dispose();
        context.Features.Set<ForwardedStream>(null);
    }

    private void ServeHere(IReverseProxyFeature feature) =>
        feature.AvailableDestinations = ReplicaAffinity.Find(feature.AllDestinations, replicas.Self)!;

    private void MarkAway(string replica)
    {
        if (peers.MarkAway(replica))
            Log.Away(log, replica);
    }

    // Removes what YARP and the transforms have left behind, so that the next attempt starts like the first.
    private static void Forget(HttpContext context, IReverseProxyFeature feature)
    {
        feature.ProxiedDestination = null;
        EndStream(context);
        context.Features.Set<IForwarderErrorFeature>(null);
        ForwardingOutcome.Forget(context);
        context.Response.Clear();
        SecurityHeaders.Apply(context.Response);
    }

    // The peer may have read the body, so no other replica can answer.
    private static Task AnswerAsync(HttpContext context, ForwardingResult outcome, bool hasLeft)
    {
        SecurityHeaders.Apply(context.Response);
        if (hasLeft) // it had no session any more, so it cannot have carried out the request
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
        [LoggerMessage(1, LogLevel.Warning, "Replica {Replica} cannot be reached, or is draining", EventName = "ReplicaAway")]
        public static partial void Away(ILogger log, string replica);
    }
}
