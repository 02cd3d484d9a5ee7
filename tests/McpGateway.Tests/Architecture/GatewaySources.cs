using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace McpGateway.Tests.Architecture;

/// <summary>Source files, each with its syntax tree, and the compilation of all.</summary>
internal sealed class GatewaySources
{
    private readonly Dictionary<SourceFile, SyntaxTree> _trees;
    private readonly CSharpCompilation _compilation;

    private GatewaySources(IEnumerable<SourceFile> files)
    {
        _trees = files.ToDictionary(file => file, GatewayCompilation.Parse);
        _compilation = GatewayCompilation.Of(_trees.Values);
    }

    public IReadOnlyCollection<SourceFile> Files => _trees.Keys;

    public static GatewaySources Of(IEnumerable<SourceFile> files) => new(files);

    public SyntaxNode RootOf(SourceFile file) => _trees[file].GetRoot();

    public SemanticModel ModelOf(SourceFile file) => _compilation.GetSemanticModel(_trees[file]);
}
