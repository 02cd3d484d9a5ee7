using Microsoft.Win32.SafeHandles;

namespace McpGateway.TestServer.Wire;

/// <summary>stdin and stdout without a buffer or a console encoder in between.</summary>
internal static class StandardStreams
{
    public static FileStream OpenInput() => new(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    public static FileStream OpenOutput() => new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
}
