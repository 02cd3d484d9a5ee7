using System.Text.Json.Nodes;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Policies;
using McpGateway.Sessions;
using McpGateway.Tests.Backends.Stdio;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Model;

/// <summary>A child: which sessions use it, and what it must be told next.</summary>
/// <param name="number">For a person.</param>
/// <param name="own">The session that has it to itself; null for one in the pool.</param>
/// <param name="owner">The user that it serves; null for all.</param>
/// <param name="capabilities">What is declared to it.</param>
internal sealed class ReferenceChild(int number, ReferenceSession? own, SessionOwner? owner, string capabilities)
{
    private readonly HashSet<long> _ids = [], _tokens = [], _clientIds = [], _clientTokens = [];

    public ReferenceSession? Own { get; } = own;

    public SessionOwner? Owner { get; } = owner;

    public string Capabilities { get; } = capabilities;

    public bool IsOwn => Own is not null;

    public bool ServesAll => !IsOwn && Owner is null;

    public FakeChild? Actual { get; set; }

    public bool IsStarted { get; set; }

    /// <summary>The gateway does the handshake, not a client.</summary>
    public bool NeedsHandshake { get; set; } = own is null;

    /// <summary>It will not take part in the handshake.</summary>
    public bool Fails { get; init; }

    public string Version { get; init; } = ProtocolVersion.Latest;

    public List<ReferenceSession> Members { get; } = own is null ? [] : [own];

    public List<ReferenceCall> InFlight { get; } = [];

    /// <summary>Some that it has answered: what it still says of them is nobody's.</summary>
    public Queue<ReferenceCall> Past { get; } = new();

    public List<ReferenceServerRequest> ServerRequests { get; } = [];

    /// <summary>Some that were answered or cancelled.</summary>
    public Queue<ReferenceServerRequest> PastServerRequests { get; } = new();

    public Dictionary<string, HashSet<ReferenceSession>> Subscribers { get; } = [];

    /// <summary>The subscribe that the child has not answered yet, by URI, and what waits behind it.</summary>
    public Dictionary<string, (ReferenceCall Pending, Queue<Action> Waiting)> Subscribing { get; } = [];

    /// <summary>Which session an id was handed to; null when to several.</summary>
    public Dictionary<string, ReferenceSession?> Tasks { get; } = [];

    public Dictionary<string, ReferenceSession?> Elicitations { get; } = [];

    public Dictionary<string, ReferenceSession?> ClientTasks { get; } = [];

    /// <summary>Calls that were answered with a task that has not ended.</summary>
    public List<(ReferenceCall Call, string Task)> RunningTasks { get; } = [];

    public int? Level { get; set; }

    public long UsedAt { get; set; }

    /// <summary>Still to come, in any order.</summary>
    public List<Pattern> Expected { get; } = [];

    /// <summary>Requests of the gateway's own among them.</summary>
    public List<Slot> GatewayCalls { get; } = [];

    public JsonObject InitializeResult => new()
    {
        ["protocolVersion"] = Version,
        ["capabilities"] = new JsonObject { ["logging"] = new JsonObject(),
            ["tasks"] = new JsonObject { ["list"] = new JsonObject() } },
        ["serverInfo"] = new JsonObject { ["name"] = $"child {number}" },
        ["instructions"] = "none",
    };

    public Slot NewId() => new(_ids);

    public Slot NewToken() => new(_tokens);

    public Slot NewClientId() => new(_clientIds);

    public Slot NewClientToken() => new(_clientTokens);

    public override string ToString() => $"C{number}";
}
