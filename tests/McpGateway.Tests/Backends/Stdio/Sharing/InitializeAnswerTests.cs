using System.Text;
using McpGateway.Backends.Stdio.Supervision;
using McpGateway.Tests.JsonRpc;

namespace McpGateway.Tests.Backends.Stdio.Sharing;

public sealed class InitializeAnswerTests
{
    private const string Child =
        """{"protocolVersion":"2025-06-18","capabilities":{"tools":{},"tasks":{"list":{}}},"serverInfo":{"name":"x","n":1.50}"""
            + ""","more":null}""";

    [Theory]
    [InlineData("2024-11-05", "2024-11-05")]
    [InlineData("2025-11-25", "2025-06-18")]
    [InlineData("latest", "2025-06-18")]
    [InlineData(null, "2025-06-18")]
    public void TryCreate_IsTheChildsButForTheLowerRevision(string? requested, string expected) =>
        Json.Equal(Child.Replace("2025-06-18", expected, StringComparison.Ordinal), Create(Child, requested, withTasks: true)!);

    [Fact]
    public void TryCreate_WithoutTasks_DoesNotAnnounceThem() => Json.Equal(
        Child.Replace(""","tasks":{"list":{}}""", string.Empty, StringComparison.Ordinal),
            Create(Child, null, withTasks: false)!);

    [Fact]
    public void TryCreate_LeavesTheTextAsItIs() =>
        Assert.Equal("""{"protocolVersion":"2025-06-18","instructions":"– é 'x' <y>"}""",
            Create("""{"protocolVersion":"2025-06-18","instructions":"– é 'x' <y>"}""", null, true));

    [Theory]
    [InlineData("""{"protocolVersion":"2026-07-28"}""")]
    [InlineData("""{"protocolVersion":5}""")]
    [InlineData("""{"capabilities":{}}""")]
    [InlineData("""{"protocolVersion":"2025-06-18","protocolVersion":"2025-06-18"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public void TryCreate_NothingThatCanBePassedOn_IsNull(string child) => Assert.Null(Create(child, null, withTasks: true));

    private static string? Create(string child, string? requested, bool withTasks) =>
        InitializeAnswer.TryCreate(Encoding.UTF8.GetBytes(child), requested, withTasks) is { } answer
            ? Encoding.UTF8.GetString(answer) : null;
}
