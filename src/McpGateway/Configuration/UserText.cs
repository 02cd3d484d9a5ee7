using System.Text;

namespace McpGateway.Configuration;

/// <summary>
/// Values with <c>${claim:NAME}</c> or <c>${header:NAME}</c> in them. In the snapshot such a part stands between two NULs, which
/// no value can hold: what an expansion has put in is never taken for one.
/// </summary>
internal static class UserText
{
    private const char Mark = '\0';

    /// <summary>A part that is filled in for each user.</summary>
    public static string Placeholder(UserValueSource source, string name) => $"{Mark}{(int)source}{name}{Mark}";

    public static bool HasPlaceholder(string value) => value.Contains(Mark);

    /// <summary>The parts of a value that are filled in for each user.</summary>
    public static IEnumerable<(UserValueSource Source, string Name)> PlaceholdersIn(string value) =>
        value.Split(Mark).Where((_, index) => index % 2 == 1).Select(Parse);

    /// <summary>The value with each placeholder replaced.</summary>
    public static string Fill(string value, Func<UserValueSource, string, string> find)
    {
        var text = new StringBuilder();
        foreach (var (index, part) in value.Split(Mark).Index())
        {
            if (index % 2 == 0)
                text.Append(part);
            else
                text.Append(find(Parse(part).Source, Parse(part).Name));
        }

        return text.ToString();
    }

    /// <summary>Fills in what one user brings along.</summary>
    /// <param name="texts">By name; those without a placeholder are left out of the result.</param>
    /// <param name="find">Gives a value; null when this user has none.</param>
    /// <param name="filled">The texts by name, with their placeholders replaced.</param>
    /// <param name="values">What was put in.</param>
    /// <returns>Null, or what is wrong: never with a value in it.</returns>
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
                var what = $"{(source is UserValueSource.Claim ? "the claim" : "the header")} {name}";
                if (find(source, name) is not { Length: > 0 } value)
                    return $"This server needs {what} of its user, and there is none, or more than one.";
                if (value.Any(char.IsControl))
                    return $"This server needs {what} of its user, and a control character is in it.";
                found[(source, name)] = value;
            }

            filled.Add(key, Fill(text, (source, name) => found[(source, name)]));
        }

        return null;
    }

    private static (UserValueSource Source, string Name) Parse(string part) => ((UserValueSource)(part[0] - '0'), part[1..]);
}
