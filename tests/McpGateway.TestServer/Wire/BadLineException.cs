namespace McpGateway.TestServer.Wire;

/// <summary>A line on stdin is not a JSON object in UTF-8.</summary>
internal sealed class BadLineException(string message, Exception? inner = null) : Exception(message, inner);
