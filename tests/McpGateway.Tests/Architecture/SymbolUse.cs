using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace McpGateway.Tests.Architecture;

/// <summary>
/// Finds the types and imported namespaces that a file depends on, written or inferred: behind each name the symbol
/// (through aliases, and for an extension method its class), behind each expression its type. What needs neither a
/// name nor an expression (a lambda's unused parameter, say) comes from one that is checked.
/// </summary>
internal static class SymbolUse
{
    public static IEnumerable<(SyntaxNode Where, INamespaceOrTypeSymbol What)> In(SemanticModel model)
    {
        foreach (var node in model.SyntaxTree.GetRoot().DescendantNodes())
        {
            foreach (var symbol in Behind(node, model))
                yield return (node, symbol);
        }
    }

    /// <summary>The types that a file declares, without those inside other types.</summary>
    public static IEnumerable<MemberDeclarationSyntax> Declarations(SyntaxNode root) => root
        .DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
        .OfType<MemberDeclarationSyntax>()
        .Where(node => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    private static IEnumerable<INamespaceOrTypeSymbol> Behind(SyntaxNode node, SemanticModel model) => node switch
    {
        UsingDirectiveSyntax import => Imported(import, model),
        ExpressionSyntax expression =>
            [.. Symbols(model.GetSymbolInfo(expression)).SelectMany(Types), .. TypesOf(expression, model)],
        _ => [],
    };

    private static IEnumerable<INamedTypeSymbol> TypesOf(ExpressionSyntax expression, SemanticModel model)
    {
        var info = model.GetTypeInfo(expression);
        return SymbolEqualityComparer.Default.Equals(info.Type, info.ConvertedType)
            ? Types(info.Type)
            : [.. Types(info.Type), .. Types(info.ConvertedType)];
    }

    private static IEnumerable<INamespaceOrTypeSymbol> Imported(UsingDirectiveSyntax import, SemanticModel model) =>
        model.GetSymbolInfo(import.NamespaceOrType).Symbol is INamespaceSymbol imported ? [imported] : [];

    // A call that does not quite bind (its overload comes from a source generator, say) still shows what it meant.
    private static ImmutableArray<ISymbol> Symbols(SymbolInfo info) =>
        info.Symbol is { } symbol ? [symbol] : info.CandidateSymbols;

    private static IEnumerable<INamedTypeSymbol> Types(ISymbol? symbol) => symbol switch
    {
        null or IErrorTypeSymbol or ITypeParameterSymbol or INamespaceSymbol => [],
        IAliasSymbol alias => Types(alias.Target),
        IArrayTypeSymbol array => Types(array.ElementType),
        IPointerTypeSymbol pointer => Types(pointer.PointedAtType),
        IFunctionPointerTypeSymbol pointer =>
            [.. Types(pointer.Signature.ReturnType), .. pointer.Signature.Parameters.SelectMany(it => Types(it.Type))],
        INamedTypeSymbol { ContainingType: { } outer } inner => [.. Types(outer), .. inner.TypeArguments.SelectMany(Types)],
        INamedTypeSymbol type => [type, .. type.TypeArguments.SelectMany(Types)],
        IMethodSymbol method => [.. Types(method.ContainingType), .. method.TypeArguments.SelectMany(Types)],
        _ => Types(symbol.ContainingType),
    };
}
