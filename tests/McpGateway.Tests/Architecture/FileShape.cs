using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace McpGateway.Tests.Architecture;

/// <summary>The rules for a single file: one type, named as the file; not public; no long lines.</summary>
internal static class FileShape
{
    // The log messages of a type may stand in a file beside it.
    private const string LogPart = ".Log";

    public static IReadOnlyList<string> Check(IEnumerable<SourceFile> files) =>
        [.. files.SelectMany(file => Types(file).Concat(Lines(file)))];

    private static IEnumerable<string> Types(SourceFile file)
    {
        var declarations = SymbolUse.Declarations(GatewayCompilation.Parse(file).GetRoot()).ToList();
        var name = System.IO.Path.GetFileNameWithoutExtension(file.Path);
        foreach (var declaration in declarations.Skip(1))
            yield return file.Complaint(declaration, $"{NameOf(declaration)} belongs in a file of its own");
        if (declarations is [var first, ..] && NameOf(first) is var type && name != type && name != type + LogPart)
            yield return file.Complaint(first, $"the file must be {type}.cs");
        foreach (var declaration in declarations.Where(it => IsPublic(it) && !LayoutRules.PublicTypes.Contains(NameOf(it))))
            yield return file.Complaint(declaration, $"{NameOf(declaration)} must be internal");
    }

    private static IEnumerable<string> Lines(SourceFile file) =>
        from line in file.Text.Split('\n').Index()
        where line.Item.TrimEnd('\r').Length > LayoutRules.LineLength
        select $"{file.Path}({line.Index + 1}): the line has {line.Item.TrimEnd('\r').Length} characters";

    private static bool IsPublic(MemberDeclarationSyntax declaration) =>
        declaration.Modifiers.Any(SyntaxKind.PublicKeyword);

    private static string NameOf(MemberDeclarationSyntax declaration) => declaration switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        DelegateDeclarationSyntax type => type.Identifier.ValueText,
        _ => declaration.ToString(),
    };
}
