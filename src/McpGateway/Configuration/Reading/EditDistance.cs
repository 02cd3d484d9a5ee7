namespace McpGateway.Configuration.Reading;

/// <summary>
/// The Levenshtein distance of two words, ignoring case: the fewest insertions, deletions and substitutions of a letter.
/// </summary>
internal static class EditDistance
{
    public static int Between(string one, string other)
    {
        // One row of the table: the distances between a prefix of one word and every prefix of the other.
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < other.Length; j++)
            {
                var cost = char.ToLowerInvariant(one[i]) == char.ToLowerInvariant(other[j]) ? 0 : 1;
                (diagonal, row[j + 1]) = (row[j + 1], Math.Min(diagonal + cost, 1 + Math.Min(row[j], row[j + 1])));
            }
        }

        return row[^1];
    }
}
