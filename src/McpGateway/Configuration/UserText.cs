using System.Text;

namespace McpGateway.Configuration;

/// <summary>Where a part of a value comes from that each user brings along.</summary>
public enum UserValueSource
{
    /// <summary>A claim of the caller's token.</summary>
    Claim,

    /// <summary>A header of the caller's request, one of <c>Access:UserHeaders</c>.</summary>
    Header,
}

/// <summary>
/// Values with <c>${claim:NAME}</c> or <c>${header:NAME}</c> in them. In the snapshot such a part stands between two NULs, which
/// no value can hold: what an expansion has put in is never taken for one.
/// </summary>
public static class UserText
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

    private static (UserValueSource Source, string Name) Parse(string part) => ((UserValueSource)(part[0] - '0'), part[1..]);
}
