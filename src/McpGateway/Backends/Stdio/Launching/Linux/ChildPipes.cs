using System.ComponentModel;
using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace McpGateway.Backends.Stdio.Launching.Linux;

/// <summary>The three pipes between the gateway and a child: the gateway's ends as streams, the child's as descriptors.</summary>
internal sealed class ChildPipes : IDisposable
{
    private readonly List<SafePipeHandle> _childEnds = [];

    /// <exception cref="ChildLaunchException">There are no descriptors left.</exception>
    public ChildPipes()
    {
        try
        {
            Input = Open(PipeDirection.Out);
            Output = Open(PipeDirection.In);
            Error = Open(PipeDirection.In);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Stream Input { get; } = Stream.Null;

    public Stream Output { get; } = Stream.Null;

    public Stream Error { get; } = Stream.Null;

    public (int Input, int Output, int Error) ChildEnds => (Descriptor(0), Descriptor(1), Descriptor(2));

    /// <summary>Once the child has them: as long as they are open here, no end of file comes.</summary>
    public void CloseChildEnds() => _childEnds.ForEach(end => end.Dispose());

    public void Dispose()
    {
        CloseChildEnds();
        CloseInput();
        Output.Dispose();
        Error.Dispose();
    }

    public void CloseInput()
    {
        try
        {
            Input.Dispose();
        }
        catch (IOException)
        {
            // The child closed its end first: there is nothing left to tell it.
        }
    }

    // Unlike FileStream it waits for a pipe without a thread.
    private unsafe AnonymousPipeClientStream Open(PipeDirection direction)
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.CloseOnExec) != 0)
            throw new ChildLaunchException($"No pipe for a child: {new Win32Exception().Message}");
        var (ours, childs) = direction is PipeDirection.In ? (ends[0], ends[1]) : (ends[1], ends[0]);
        _childEnds.Add(new SafePipeHandle(childs, ownsHandle: true));
        return new AnonymousPipeClientStream(direction, new SafePipeHandle(ours, ownsHandle: true));
    }

    private int Descriptor(int number) => (int)_childEnds[number].DangerousGetHandle();
}
