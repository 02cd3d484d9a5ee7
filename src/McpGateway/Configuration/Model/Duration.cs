using System.Globalization;
using System.Text.RegularExpressions;

namespace McpGateway.Configuration.Model;

/// <summary>The format of a time in gateway.json: <c>hh:mm:ss</c>, more than zero and at most 24 hours.</summary>
internal static partial class Duration
{
    /// <summary>The format as a pattern for the JSON schema.</summary>
    public const string Pattern = $"^{Form}$";

    private const string Form = "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]";

    private static readonly TimeSpan Maximum = TimeSpan.FromHours(24);

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        // TimeSpan.Parse is too lenient: it reads "90" as 90 days.
        if (!Whole.IsMatch(text))
            return false;
        duration = new TimeSpan(Part(text, 0), Part(text, 3), Part(text, 6));
        return IsAllowed(duration);
    }

    /// <summary>How to write a number of seconds in this format, for error messages; null when the time is not allowed.</summary>
    public static string? FromSeconds(double seconds)
    {
        if (!(seconds >= 1 && seconds <= Maximum.TotalSeconds))
            return null;
        var duration = TimeSpan.FromSeconds(Math.Floor(seconds));
        return string.Create(
            CultureInfo.InvariantCulture, $"{(int)duration.TotalHours:00}:{duration.Minutes:00}:{duration.Seconds:00}");
    }

    private static bool IsAllowed(TimeSpan duration) => duration > TimeSpan.Zero && duration <= Maximum;

    private static int Part(string text, int start) => int.Parse(text.AsSpan(start, 2), CultureInfo.InvariantCulture);

    // \z, because $ also matches before a trailing newline.
    [GeneratedRegex($@"\A{Form}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole { get; }
}
