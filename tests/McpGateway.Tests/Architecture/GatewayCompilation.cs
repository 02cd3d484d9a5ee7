using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace McpGateway.Tests.Architecture;

/// <summary>Binds source files as the gateway's project does, so that every name has its symbol.</summary>
internal static class GatewayCompilation
{
    // What ImplicitUsings adds for Microsoft.NET.Sdk.Web.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Net.Http.Json;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    // Documentation is bound, too: a using may be there for a cref alone.
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    // All others are made from this one, which saves reading some 300 assemblies for each.
    private static readonly Lazy<CSharpCompilation> Empty = new(() => CSharpCompilation.Create(
        LayoutRules.Root,
        [CSharpSyntaxTree.ParseText(ImplicitUsings, Parsing)],
        FindReferences(),
        new(OutputKind.ConsoleApplication, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable)));

    public static CSharpCompilation Of(IEnumerable<SyntaxTree> trees) => Empty.Value.AddSyntaxTrees(trees);

    public static SyntaxTree Parse(SourceFile file) => CSharpSyntaxTree.ParseText(file.Text, Parsing, file.Path);

    private static IReadOnlyList<MetadataReference> FindReferences()
    {
        var platform = (string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "";
        return
        [
            .. platform.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Concat(Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll"))
                .DistinctBy(Path.GetFileName)
                // The gateway's own types come from the sources alone.
                .Where(path => Path.GetFileName(path) is not "McpGateway.dll" and not "McpGateway.Tests.dll" && IsManaged(path))
                .Select(path => MetadataReference.CreateFromFile(path)),
        ];
    }

    private static bool IsManaged(string path)
    {
        using var file = File.OpenRead(path);
        using var image = new System.Reflection.PortableExecutable.PEReader(file);
        return image.HasMetadata;
    }
}
