using System.Text;

namespace McpGateway.Configuration;

/// <summary>
/// Values that contain <c>${claim:NAME}</c> or <c>${header:NAME}</c>. In the snapshot such a placeholder is enclosed in two NULs.
/// No value can contain a NUL, so the result of an expansion is never mistaken for a placeholder.
/// </summary>
internal static class UserText
{
    private const char Mark = '\0';

    /// <summary>A placeholder, to be filled in for each user.</summary>
    public static string Placeholder(UserValueSource source, string name) => $"{Mark}{(int)source}{name}{Mark}";

    public static bool HasPlaceholder(string value) => value.Contains(Mark);

    /// <summary>The placeholders in a value.</summary>
    public static IEnumerable<(UserValueSource Source, string Name)> PlaceholdersIn(string value) =>
        value.Split(Mark).Where((_, index) => index % 2 == 1).Select(Parse);

    /// <summary>The value with each placeholder replaced.</summary>
    public static string Fill(string value, Func<UserValueSource, string, string> find)
    {
        var text = new StringBuilder();
        foreach (var (index, part) in value.Split(Mark).Index())
        {
            // Marks come in pairs, so every second part is a placeholder.
            if (index % 2 == 0)
                text.Append(part);
            else
                text.Append(find(Parse(part).Source, Parse(part).Name));
        }

        return text.ToString();
    }

    /// <summary>Fills in the values of one user.</summary>
    /// <param name="texts">By name. Those without a placeholder are left out of the result.</param>
    /// <param name="find">Returns the user's value; null when there is none, or more than one.</param>
    /// <param name="filled">The texts by name, with placeholders replaced.</param>
    /// <param name="values">The values that were inserted.</param>
    /// <returns>Null, or what is wrong. The text never contains a value.</returns>
    public static string? TryFill(
        IEnumerable<KeyValuePair<string, string>> texts, Func<UserValueSource, string, string?> find,
        out Dictionary<string, string> filled, out IReadOnlyCollection<string> values)
    {
        var found = new Dictionary<(UserValueSource, string), string>();
        filled = new(StringComparer.Ordinal);
        values = found.Values;
        foreach (var (key, text) in texts.Where(text => HasPlaceholder(text.Value)))
        {
            foreach (var (source, name) in PlaceholdersIn(text).Distinct())
            {
                var what = $"{(source is UserValueSource.Claim ? "the token claim" : "the request header")} {name}";
                if (find(source, name) is not { Length: > 0 } value)
                    return $"This server requires {what}, exactly once; the request has none, or more than one.";
                // A line break could add a header, and a NUL would end a variable.
                if (value.Any(char.IsControl))
                    return $"This server requires {what} without control characters; the value contains one.";
                found[(source, name)] = value;
            }

            filled.Add(key, Fill(text, (source, name) => found[(source, name)]));
        }

        return null;
    }

    // The first character is the source, as Placeholder writes it.
    private static (UserValueSource Source, string Name) Parse(string part) => ((UserValueSource)(part[0] - '0'), part[1..]);
}
