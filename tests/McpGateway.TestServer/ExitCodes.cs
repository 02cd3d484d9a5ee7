namespace McpGateway.TestServer;

/// <summary>The numbers of sysexits.h, so that a test can tell a deliberate death from an accident.</summary>
internal static class ExitCodes
{
    public const int Usage = 64;

    /// <summary>An exception that nobody foresaw; it is on stderr.</summary>
    public const int Defect = 69;

    /// <summary>A line on stdin was no UTF-8, no JSON or no JSON object: what a strict child does then.</summary>
    public const int BadLine = 70;
}
