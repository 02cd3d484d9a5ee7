using Microsoft.Win32.SafeHandles;

namespace McpGateway.TestServer.Wire;

/// <summary>stdin and stdout without a buffer, and without the encoder of Console.</summary>
internal static class StandardStreams
{
    public static FileStream OpenInput() => new(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    public static FileStream OpenOutput() => new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
}
