using McpGateway.Policies;

namespace McpGateway.Sessions;

/// <summary>What a backend gives back for a client's request. Default: it was taken, and nothing is to be answered.</summary>
internal readonly struct BackendReply
{
    private const int Ok = 200;

    private readonly int _status;

    private BackendReply(Refusal refusal) => Refusal = refusal;

    /// <param name="stream">What is to be written to the client.</param>
    /// <param name="form">How.</param>
    public BackendReply(ResponseStream stream, ReplyForm form) => (Stream, Form) = (stream, form);

    /// <summary>Why the request was not taken; null when it was.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Null when there is nothing to write.</summary>
    public ResponseStream? Stream { get; }

    public ReplyForm Form { get; }

    /// <summary>HTTP's, for what is on the stream.</summary>
    public int Status
    {
        // Not an initializer: default(BackendReply) runs none, and means 200 too.
        get => _status == 0 ? Ok : _status;
        init => _status = value;
    }

    /// <summary>The session that was opened; null when none was.</summary>
    public string? SessionId { get; init; }

    /// <summary>What is to be done at the end, beside abandoning the stream.</summary>
    public Func<ValueTask>? Closing { get; init; }

    public static implicit operator BackendReply(Refusal refusal) => new(refusal);

    /// <summary>The response has been written, or there is nobody left to write it to.</summary>
    public ValueTask CloseAsync()
    {
        // First, and also when Closing fails: the buffers that wait go back to the pool, and their bytes to the budget.
        Stream?.Abandon();
        return Closing?.Invoke() ?? default;
    }
}
