namespace McpGateway.FunctionalTests.Interop;

/// <summary>A folder of one test, inside what the filesystem server may touch.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } =
        Directory.CreateDirectory(System.IO.Path.Combine(InteropGateway.Files, $"{Guid.NewGuid():N}")).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
