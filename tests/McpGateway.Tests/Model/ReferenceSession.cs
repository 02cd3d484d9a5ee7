using McpGateway.Sessions;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Model;

/// <summary>A session, and on which of its streams its client gets what is for it.</summary>
internal sealed class ReferenceSession(int number, SessionKind kind, SessionOwner owner)
{
    public SessionKind Kind { get; } = kind;

    public SessionOwner Owner { get; } = owner;

    /// <summary>The gateway's.</summary>
    public Session? Actual { get; set; }

    /// <summary>Null until it has one; a child of its own from the beginning.</summary>
    public ReferenceChild? Child { get; set; }

    public List<ReferenceCall> Calls { get; } = [];

    public List<(Pattern Message, ReferenceServerRequest? ServerRequest, long Since)> Held { get; } = [];

    public ReferenceStream? Get { get; set; }

    /// <summary>Whether its first message has come.</summary>
    public bool HasBegun { get; set; }

    /// <summary>Whether its own child has accepted its initialize.</summary>
    public bool WasAccepted { get; set; }

    /// <summary>Whether its own child was sent notifications/initialized.</summary>
    public bool HasInitialized { get; set; }

    /// <summary>Whether its handshake is over.</summary>
    public bool IsReady { get; set; }

    public bool HasEnded { get; set; }

    /// <summary>When it ends at the latest; it takes no more requests from when this is set.</summary>
    public long? EndsAt { get; set; }

    public int? Level { get; set; }

    public long UsedAt { get; set; }

    public bool IsImplicit => Kind is SessionKind.Implicit;

    public bool MayListen => Get is { IsOpen: true };

    /// <summary>
    /// The call in flight when there is just one. At a child with others those given up count until the child has answered
    /// them, and what the child has not seen is none that it can mean.
    /// </summary>
    public ReferenceCall? OnlyCall
    {
        get
        {
            if (Calls.Count != 1)
                return null;
            return Child is not { IsOwn: false }
                || Child.InFlight.Where(call => call.Session == this).SequenceEqual(Calls) ? Calls[0] : null;
        }
    }

    /// <param name="call">The call that the message belongs to; null for none, or for no single one.</param>
    public ReferenceStream? StreamFor(ReferenceCall? call)
    {
        if (call is { Stream.IsOpen: true } && (IsReady || !call.IsInitialize))
            return call.Stream;
        if (IsImplicit || !IsReady)
            return null;
        return MayListen ? Get : Calls.Where(other => other.Stream.IsOpen).MinBy(other => other.StartedAt)?.Stream;
    }

    public override string ToString() =>
        $"S{number}({Owner.Subject}{Kind switch { SessionKind.Sse => " sse", SessionKind.Implicit => " implicit", _ => "" }})";
}
