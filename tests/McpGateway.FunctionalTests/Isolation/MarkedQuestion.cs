using System.Text.Json;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Isolation;

/// <summary>Calls of the tools <c>sample</c> and <c>elicit</c> whose questions and answers name their call.</summary>
internal static class MarkedQuestion
{
    /// <summary>A call that asks; which of the two ways depends on the mark.</summary>
    public static string Call(string id, string mark) => mark.Length % 2 == 0
        ? Rpc.Call(id, "sample", new { prompt = mark })
        : Rpc.Call(id, "elicit", new { message = mark });

    /// <summary>The mark of a question; null for what is none.</summary>
    public static string? MarkOf(JsonElement message) => message.Method() switch
    {
        "sampling/createMessage" => message.Get("params").Get("messages")[0].Get("content").Get("text").GetString(),
        "elicitation/create" => message.Get("params").Get("message").GetString(),
        _ => null,
    };

    /// <summary>The client's answer to a question, which shows its mark.</summary>
    public static string AnswerTo(JsonElement question) => Rpc.Result(question, question.Method() is "sampling/createMessage"
        ? Rpc.Sampled($"to {MarkOf(question)}")
        : $$"""{"action":"accept","content":{"answer":"to {{MarkOf(question)}}"} }""");

    /// <summary>Whether a call was answered with what the client answered to its question.</summary>
    public static bool Ended(JsonElement answer, string mark) =>
        answer.Structured().GetRawText().Contains($"\"to {mark}\"", StringComparison.Ordinal);
}
