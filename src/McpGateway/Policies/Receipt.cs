namespace McpGateway.Policies;

/// <summary>What became of a message that a client sent.</summary>
/// <param name="Refusal">Null when it was taken.</param>
/// <param name="Delivered">
/// Completes when the child's queue has it. It never fails, since a call that cannot be sent is answered.
/// </param>
internal readonly record struct Receipt(Refusal? Refusal, ValueTask Delivered)
{
    public static implicit operator Receipt(Refusal refusal) => new(refusal, default);
}
