namespace McpGateway.Configuration;

/// <summary>The variables that gateway.json may use: the environment of the gateway's process, and one that it adds.</summary>
internal static class HostEnvironmentVariables
{
    /// <summary>The path of the gateway's own executable, so that a configuration can start the demo server.</summary>
    public const string Program = "MCPGATEWAY_PROGRAM";

    /// <returns>The value; null when it is not set.</returns>
    public static string? Get(string name) => name == Program ? ProgramPath() : Environment.GetEnvironmentVariable(name);

    // Not Environment.ProcessPath: that is `dotnet` when the gateway was started as `dotnet McpGateway.dll`.
    private static string ProgramPath() =>
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "McpGateway.exe" : "McpGateway");
}
