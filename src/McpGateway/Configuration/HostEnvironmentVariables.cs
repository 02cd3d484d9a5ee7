namespace McpGateway.Configuration;

/// <summary>The variables that gateway.json may name: those of the gateway's process, and one of its own.</summary>
internal static class HostEnvironmentVariables
{
    /// <summary>The path of the gateway's own program, so that a configuration can start its demo server.</summary>
    public const string Program = "MCPGATEWAY_PROGRAM";

    /// <returns>The value; null when it is not set.</returns>
    public static string? Get(string name) => name == Program ? ProgramPath() : Environment.GetEnvironmentVariable(name);

    // The process may be `dotnet`, when started as `dotnet McpGateway.dll`: the program lies beside the assembly.
    private static string ProgramPath() =>
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "McpGateway.exe" : "McpGateway");
}
