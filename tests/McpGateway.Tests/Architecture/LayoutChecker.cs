using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace McpGateway.Tests.Architecture;

/// <summary>Holds source files against <see cref="LayoutRules"/> and says, per line, what breaks them.</summary>
internal static class LayoutChecker
{
    // The errors of a name without a symbol. A file with one could hide a forbidden use, so it counts as a violation.
    // Other errors do not: partial methods, say, have no body here, because source generators are not run.
    private static readonly string[] Unbound = ["CS0012", "CS0103", "CS0117", "CS0234", "CS0246", "CS1061"];

    // The compiler's hint that a using is not needed. It would tie two folders together for nothing.
    private const string UnneededUsing = "CS8019";

    public static IReadOnlyList<string> Check(IEnumerable<SourceFile> files) => Check(GatewaySources.Of(files));

    public static IReadOnlyList<string> Check(GatewaySources sources) =>
        [.. sources.Files.Where(file => !file.IsComposition).SelectMany(file => Check(file, sources)).Distinct()];

    private static IEnumerable<string> Check(SourceFile file, GatewaySources sources)
    {
        var model = sources.ModelOf(file);
        var diagnostics = model.GetDiagnostics();
        var root = model.SyntaxTree.GetRoot();
        if (LayoutRules.LayerOf(file) is not { } layer)
            return [$"{file.Path}(1): no rule says what {file.Path} may use"];
        return
        [
            .. from type in SymbolUse.Declarations(root)
               let declared = model.GetDeclaredSymbol(type)?.ContainingNamespace.ToDisplayString() ?? ""
               where declared != file.Namespace
               select file.Complaint(type, $"the namespace must be {file.Namespace}, not {declared}"),
            // Grouped: a file uses the same few types over and over, and to judge a name costs more than to find it.
            .. from uses in sources.UsesOf(file)
               let name = FullName(uses.Key)
               where !LayoutRules.Allow(layer, name, (uses.Key as INamedTypeSymbol)?.ContainingAssembly?.Name)
               from node in uses
               select file.Complaint(node, $"{layer} may not use {Local(name)}"),
            .. from hint in diagnostics
               where hint.Id == UnneededUsing && root.FindNode(hint.Location.SourceSpan) is UsingDirectiveSyntax import
                   && model.GetSymbolInfo(import.NamespaceOrType).Symbol is INamespaceSymbol imported && IsOurs(imported)
               select file.Complaint(hint.Location, "the using is not needed"),
            .. from error in diagnostics
               where Unbound.Contains(error.Id) && !IsGenerated(error, model)
               select file.Complaint(error.Location, $"cannot be judged: {error.GetMessage(null)}"),
        ];
    }

    // The members of a JsonSerializerContext are written by the source generator, from the types that its attributes name.
    private static bool IsGenerated(Diagnostic error, SemanticModel model) =>
        model.SyntaxTree.GetRoot().FindNode(error.Location.SourceSpan).Parent is MemberAccessExpressionSyntax access
            && model.GetTypeInfo(access.Expression).Type?.BaseType?.Name == "JsonSerializerContext";

    private static string FullName(INamespaceOrTypeSymbol symbol) =>
        symbol.ContainingNamespace is { IsGlobalNamespace: false } outer
            ? $"{outer.ToDisplayString()}.{symbol.Name}"
            : symbol.Name;

    private static bool IsOurs(INamespaceSymbol imported) => LayoutRules.IsWithin(imported.ToDisplayString(), LayoutRules.Root);

    private static string Local(string name) =>
        LayoutRules.IsWithin(name, LayoutRules.Root) ? name[(LayoutRules.Root.Length + 1)..] : name;
}
