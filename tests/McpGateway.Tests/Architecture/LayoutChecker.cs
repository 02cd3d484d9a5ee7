using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace McpGateway.Tests.Architecture;

/// <summary>Holds source files against <see cref="LayoutRules"/> and says, per line, what breaks them.</summary>
internal static class LayoutChecker
{
    // The errors of a name without a symbol. A file with one could hide a forbidden use, so it counts as a violation.
    // Other errors do not: partial methods, say, have no body here, because source generators are not run.
    private static readonly string[] Unbound = ["CS0012", "CS0103", "CS0117", "CS0234", "CS0246", "CS1061"];

    public static IReadOnlyList<string> Check(IEnumerable<SourceFile> files)
    {
        var parsed = files.Select(file => (File: file, Tree: GatewayCompilation.Parse(file))).ToList();
        var compilation = GatewayCompilation.Of(parsed.Select(it => it.Tree));
        return
        [
            .. parsed.Where(it => it.File.Path != LayoutRules.Composition)
                .SelectMany(it => Check(it.File, compilation.GetSemanticModel(it.Tree)))
                .Select(it => $"{it.File.Path}({it.Where.GetLineSpan().StartLinePosition.Line + 1}): {it.Complaint}")
                .Distinct(),
        ];
    }

    private static IEnumerable<(SourceFile File, Location Where, string Complaint)> Check(SourceFile file, SemanticModel model)
    {
        var root = model.SyntaxTree.GetRoot();
        if (!LayoutRules.Folders.Any(rule => rule.Folder == file.Folder))
            return [(file, root.GetLocation(), $"no rule says what {file.Path} may use")];
        return
        [
            .. from type in Declarations(root)
               let declared = model.GetDeclaredSymbol(type)?.ContainingNamespace.ToDisplayString() ?? ""
               where !file.MayDeclare(declared)
               select (file, type.GetLocation(), $"the namespace must be {file.Namespace}, not {declared}"),
            .. from use in SymbolUse.In(model)
               let name = FullName(use.What)
               where !LayoutRules.Allow(file.Folder, name, (use.What as INamedTypeSymbol)?.ContainingAssembly?.Name)
               select (file, use.Where.GetLocation(), $"{file.Folder} may not use {Local(name)}"),
            .. from error in model.GetDiagnostics()
               where Unbound.Contains(error.Id) && !IsGenerated(error, model)
               select (file, error.Location, $"cannot be judged: {error.GetMessage(null)}"),
        ];
    }

    private static IEnumerable<SyntaxNode> Declarations(SyntaxNode root) => root
        .DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
        .Where(node => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    // The members of a JsonSerializerContext are written by the source generator, from the types that its attributes name.
    private static bool IsGenerated(Diagnostic error, SemanticModel model) =>
        model.SyntaxTree.GetRoot().FindNode(error.Location.SourceSpan).Parent is MemberAccessExpressionSyntax access
            && model.GetTypeInfo(access.Expression).Type?.BaseType?.Name == "JsonSerializerContext";

    private static string FullName(INamespaceOrTypeSymbol symbol) =>
        symbol.ContainingNamespace is { IsGlobalNamespace: false } outer
            ? $"{outer.ToDisplayString()}.{symbol.Name}"
            : symbol.Name;

    private static string Local(string name) =>
        LayoutRules.IsWithin(name, LayoutRules.Root) ? name[(LayoutRules.Root.Length + 1)..] : name;
}
