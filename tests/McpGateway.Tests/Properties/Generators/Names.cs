using FsCheck;
using FsCheck.Fluent;
using McpGateway.Tests.Properties.Model;

namespace McpGateway.Tests.Properties.Generators;

/// <summary>Names of members: those that are read, their imitations, and any others.</summary>
internal static class Names
{
    /// <summary>Read at one level or another.</summary>
    public static readonly Gen<string> Reserved = Gen.Elements(NameRules.Levels.SelectMany(NameRules.Read).Distinct().ToArray());

    /// <summary>For objects that nobody looks into.</summary>
    public static readonly Gen<string> Any =
        Gen.Frequency((3, Reserved), (1, Reserved.SelectMany(InDisguise)), (4, Texts.Any));

    /// <summary>For an object of this level, without a meaning there.</summary>
    public static Gen<string> Free(Level level) => Gen
        .Frequency((3, Reserved), (1, Reserved.SelectMany(InDisguise)), (4, Texts.WellFormed))
        .Where(name => !NameRules.Read(level).Contains(name) && !NameRules.IsDisguised(level, name));

    public static Gen<string> ReadAt(Level level) => Gen.Elements(NameRules.Read(level).ToArray());

    /// <summary>Another name, that is the given one to a parser that ignores case or NUL.</summary>
    public static Gen<string> InDisguise(string name) => Gen.Choose(0, int.MaxValue).Select(seed =>
    {
        var random = new System.Random(seed);
        string disguised;
        do
        {
            disguised = string.Concat(name.Select(letter => InDisguise(letter, random)));
        }
        while (disguised == name);
        return disguised;
    });

    private static string InDisguise(char letter, System.Random random)
    {
        var folded = NameRules.FoldedLetters.Where(pair => pair.Value == letter).Select(pair => pair.Key).ToList();
        return random.Next(12) switch
        {
            0 => char.ToUpperInvariant(letter).ToString(),
            1 => char.ToLowerInvariant(letter).ToString(),
            2 => $"\0{letter}",
            3 => $"{letter}\0",
            4 or 5 when folded.Count > 0 => folded[random.Next(folded.Count)].ToString(),
            _ => letter.ToString(),
        };
    }
}
