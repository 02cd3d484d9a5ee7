using System.Text.Json;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Isolation;

namespace McpGateway.FunctionalTests.Chaos;

/// <summary>What the gateway sends: each message must be this conversation's own, each answer the only one.</summary>
internal abstract partial class Conversation
{
    /// <summary>Takes a message that came on any stream.</summary>
    protected void Accept(JsonElement message)
    {
        if (message.Method() is not { } method)
        {
            AcceptAnswer(message);
            return;
        }

        tally.Count($"notifications and questions: {method}");
        var isOwn = method switch
        {
            "notifications/progress" => IsOwnProgress(message.Get("params")),
            "notifications/message" => IsForUs(message.Get("params").Get("data").GetString()!),
            "notifications/cancelled" => _questions.ContainsKey(message.Get("params").Get("requestId").GetRawText()),
            "sampling/createMessage" or "elicitation/create" => AcceptQuestion(message),
            _ => method.EndsWith("/list_changed", StringComparison.Ordinal),
        };
        if (!isOwn)
            tally.Misrouted($"{Mark} at {server.Name} got {Start(message)}");
    }

    private void AcceptAnswer(JsonElement message)
    {
        if (!_calls.TryGetValue(message.Get("id").GetRawText(), out var call))
        {
            tally.Misrouted($"{Mark} at {server.Name} got the answer {Start(message)}");
            return;
        }

        tally.Count(call.IsExcused ? "answers to calls given up" : "answers");
        if (message.TryGetProperty("error", out _))
            ForeseenErrors.Judge(200, message, null, server.Name, tally);
        else if (!call.Step.IsRight(message, call.Mark))
            tally.Misrouted($"{call.Step.Name} of {call.Mark} at {server.Name} was answered {Start(message)}");
        else
            call.HasResult = true;
        if (call.HasResult)
            tally.Count($"results from {server.Name}");
        Volatile.Write(ref _heardAt, TimeProvider.System.GetTimestamp());
        if (!call.TryAnswer())
            tally.Fail($"a second answer to {call.Step.Name} of {call.Mark} at {server.Name}: {Start(message)}");
    }

    private bool AcceptQuestion(JsonElement question)
    {
        _questions[question.Get("id").GetRawText()] = true;
        // Every tenth client never answers.
        if (number % 10 != 0)
            InBackground(() => TellAsync(MarkedQuestion.AnswerTo(question)));
        return MarkedQuestion.MarkOf(question)!.StartsWith(Mark, StringComparison.Ordinal);
    }

    private bool IsOwnProgress(JsonElement progress) =>
        _calls.TryGetValue(progress.Get("progressToken").GetRawText(), out var call)
        && progress.Get("message").GetString() == call.Mark;

    // A child that serves one user cannot tell that user's sessions apart in what it logs: docs/isolation.md.
    private bool IsForUs(string text) =>
        text.StartsWith(server.Isolation is "user" ? $"{user}/" : Mark, StringComparison.Ordinal);

    private static string Start(JsonElement message) =>
        message.GetRawText() is { Length: > 300 } text ? text[..300] : message.GetRawText();
}
