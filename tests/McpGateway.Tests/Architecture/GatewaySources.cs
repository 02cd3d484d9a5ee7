using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace McpGateway.Tests.Architecture;

/// <summary>Source files, each with its syntax tree, and the compilation of all. What was found out is kept.</summary>
internal sealed class GatewaySources
{
    private readonly Dictionary<SourceFile, SyntaxTree> _trees;
    private readonly CSharpCompilation _compilation;
    private readonly Dictionary<SourceFile, SemanticModel> _models = [];
    private readonly Dictionary<SourceFile, ILookup<INamespaceOrTypeSymbol, SyntaxNode>> _uses = [];

    private GatewaySources(IEnumerable<SourceFile> files)
    {
        _trees = files.ToDictionary(file => file, GatewayCompilation.Parse);
        _compilation = GatewayCompilation.Of(_trees.Values);
    }

    public IReadOnlyCollection<SourceFile> Files => _trees.Keys;

    public static GatewaySources Of(IEnumerable<SourceFile> files) => new(files);

    public SemanticModel ModelOf(SourceFile file)
    {
        if (!_models.TryGetValue(file, out var model))
            _models[file] = model = _compilation.GetSemanticModel(_trees[file]);
        return model;
    }

    /// <summary>What the file depends on, and where (<see cref="SymbolUse"/>).</summary>
    public ILookup<INamespaceOrTypeSymbol, SyntaxNode> UsesOf(SourceFile file)
    {
        if (!_uses.TryGetValue(file, out var uses))
        {
            _uses[file] = uses = SymbolUse.In(ModelOf(file)).ToLookup(
                use => use.What, use => use.Where, (IEqualityComparer<INamespaceOrTypeSymbol>)SymbolEqualityComparer.Default);
        }

        return uses;
    }
}
