using System.Buffers.Text;
using System.Globalization;
using System.Text;
using McpGateway.Backends.Stdio.Launching.Processes;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>
/// Tags in an environment variable, for systems whose limits cannot be used. They are not found in a process that has emptied its
/// environment, nor in one that has ended.
/// </summary>
internal sealed class EnvironmentTags : ChildTags
{
    private const string Variable = "MCPGATEWAY_CHILD";
    private const int CounterBits = 32;

    private static readonly byte[] Marker = Encoding.ASCII.GetBytes($"\0{Variable}=");

    // Random, so that the tags of another gateway around or inside this one differ.
    private readonly ulong _own = (ulong)Random.Shared.Next(1, int.MaxValue) << CounterBits;
    private uint _given;

    public override ulong Next() => _own | _given++;

    public override bool IsOurs(ulong tag) => tag >> CounterBits == _own >> CounterBits;

    public override ulong Of(int pid)
    {
        // The marker begins with the zero byte that ends the variable before it. The first variable needs one as well.
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
