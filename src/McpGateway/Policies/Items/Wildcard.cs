namespace McpGateway.Policies.Items;

/// <summary>
/// Patterns with <c>*</c> for any text. Not regular expressions: the cost is bounded by the name's length times the pattern's.
/// </summary>
internal static class Wildcard
{
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase)
    {
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && AreSame(pattern[p], text[t], ignoreCase))
            {
                p++;
                t++;
            }
            // Only the last star is tried again. What an earlier one could take differently, the last can take as well.
            else if (star >= 0)
            {
                p = star + 1; // the last star takes one character more
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }

    private static bool AreSame(char one, char other, bool ignoreCase) =>
        one == other || (ignoreCase && char.ToUpperInvariant(one) == char.ToUpperInvariant(other));
}
