using System.Buffers.Text;
using System.Globalization;
using System.Text;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// Tags in a variable, for systems whose limits cannot be used. It misses what empties its environment, and the dead.
/// </summary>
internal sealed class EnvironmentTags : ChildTags
{
    private const string Variable = "MCPGATEWAY_CHILD";
    private const int CounterBits = 32;

    private static readonly byte[] Marker = Encoding.ASCII.GetBytes($"\0{Variable}=");

    private readonly ulong _own = (ulong)Random.Shared.Next(1, int.MaxValue) << CounterBits;
    private uint _given;

    public override ulong Next() => _own | _given++;

    public override bool IsOurs(ulong tag) => tag >> CounterBits == _own >> CounterBits;

    public override ulong Of(int pid)
    {
        ReadOnlySpan<byte> text = [0, .. ProcFiles.Read($"/proc/{pid}/environ")];
        var at = text.IndexOf(Marker);
        return at >= 0 && Utf8Parser.TryParse(text[(at + Marker.Length)..], out ulong tag, out _) ? tag : None;
    }

    public override CliWrapProcess Start(LaunchSpec spec, ulong tag) => CliWrapProcess.Start(spec with
    {
        Environment = new Dictionary<string, string>(spec.Environment)
        {
            [Variable] = tag.ToString(CultureInfo.InvariantCulture),
        },
    });
}
