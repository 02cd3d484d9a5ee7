namespace McpGateway.TestServer;

/// <summary>Exit codes from sysexits.h. Tests can tell by them whether the process exited on purpose.</summary>
internal static class ExitCodes
{
    public const int Usage = 64;

    /// <summary>An unexpected exception, which is printed to stderr.</summary>
    public const int Defect = 69;

    /// <summary>
    /// A line on stdin was not UTF-8, not JSON or not an object. A strict server exits then, and so does this one.
    /// </summary>
    public const int BadLine = 70;
}
