using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace McpGateway.Tests.Architecture;

/// <summary>Source files, each with its syntax tree, and the compilation of all. What was found out is kept.</summary>
internal sealed class GatewaySources
{
    private readonly Dictionary<SourceFile, SyntaxTree> _trees;
    private readonly CSharpCompilation _compilation;
    private readonly Dictionary<SourceFile, SemanticModel> _models = [];
    private readonly Dictionary<SourceFile, IReadOnlyList<(SyntaxNode Where, INamespaceOrTypeSymbol What)>> _uses = [];

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

    /// <summary>What the file depends on (<see cref="SymbolUse"/>).</summary>
    public IReadOnlyList<(SyntaxNode Where, INamespaceOrTypeSymbol What)> UsesOf(SourceFile file)
    {
        if (!_uses.TryGetValue(file, out var uses))
            _uses[file] = uses = [.. SymbolUse.In(ModelOf(file))];
        return uses;
    }
}
