namespace McpGateway.TestServer.Wire;

internal sealed class BadLineException(string message, Exception? inner = null) : Exception(message, inner);
