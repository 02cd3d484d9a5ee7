namespace McpGateway.FunctionalTests.Interop;

/// <summary>A running gateway with the servers of <see cref="InteropGateway"/>, open to anonymous callers.</summary>
public interface IGatewayUnderTest
{
    /// <summary>With a trailing slash; <c>everything/mcp</c> is relative to it.</summary>
    Uri BaseAddress { get; }
}
