using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpGateway.Tests.Model;

/// <summary>
/// An id or a token that the gateway chooses: anything unused when it is seen first, and the same from then on.
/// </summary>
/// <param name="used">What was chosen before, in the life of one child.</param>
internal sealed class Slot(HashSet<long> used)
{
    private static long _last;

    /// <summary>Stands for it in a <see cref="Pattern"/>.</summary>
    public string Mark { get; } = $"§{Interlocked.Increment(ref _last)}";

    public bool IsKnown => Known is not null;

    public long Value => Known ?? throw new InvalidOperationException("It was not seen yet.");

    private long? Known { get; set; }

    public bool Fits(JsonNode? seen, out long value)
    {
        value = 0;
        if (seen?.GetValueKind() is not JsonValueKind.Number
            || !long.TryParse(seen.ToJsonString(), CultureInfo.InvariantCulture, out value))
            return false;
        return Known is { } known ? value == known : value is > 0 and < 1L << 53 && !used.Contains(value);
    }

    public void Learn(long value)
    {
        Known = value;
        used.Add(value);
    }

    public override string ToString() => Known?.ToString(CultureInfo.InvariantCulture) ?? "new";
}
