using System.Diagnostics.CodeAnalysis;

namespace McpGateway.Tests.Shared;

/// <summary>
/// Skips a test and says why. The console of <c>dotnet test</c> names skipped tests without the reason that
/// <see cref="Assert.Skip(string)"/> is given, but it shows diagnostic messages (xunit.runner.json turns them on).
/// </summary>
internal static class Skip
{
    public static void Unless([DoesNotReturnIf(false)] bool condition, string reason)
    {
        if (!condition)
            Now(reason);
    }

    public static void When([DoesNotReturnIf(true)] bool condition, string reason) => Unless(!condition, reason);

    [DoesNotReturn]
    public static void Now(string reason)
    {
        var context = TestContext.Current;
        context.SendDiagnosticMessage(
            "{0} is skipped. {1}", context.Test?.TestDisplayName ?? context.TestClass?.TestClassName, reason);
#pragma warning disable RS0030 // Only this class may call it.
        Assert.Skip(reason);
#pragma warning restore RS0030
    }
}
