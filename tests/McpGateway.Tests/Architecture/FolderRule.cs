namespace McpGateway.Tests.Architecture;

/// <param name="Folder">A folder of src/McpGateway; dots between its parts.</param>
/// <param name="Imports">The folders, or single types, that it may use beside itself.</param>
internal sealed record FolderRule(string Folder, params string[] Imports);
