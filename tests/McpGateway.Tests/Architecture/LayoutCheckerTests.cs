namespace McpGateway.Tests.Architecture;

/// <summary>The fence itself: each way around it is tried here, beside what must stay allowed.</summary>
public sealed class LayoutCheckerTests
{
    // A small gateway for the probes to reach into.
    private static readonly SourceFile[] Gateway =
    [
        new("JsonRpc/Envelope.cs", "namespace McpGateway.JsonRpc; public sealed class Envelope;"),
        new("Policies/RateLimits/Bucket.cs", "namespace McpGateway.Policies.RateLimits; public sealed class Bucket;"),
        new("Policies/Rule.cs", "namespace McpGateway.Policies; public sealed class Rule;"),
        new("Backends/Stdio/Child.cs", "namespace McpGateway.Backends.Stdio; public class Child { public int Id; }"),
        new("Backends/Remote/RemoteExchange.cs", "namespace McpGateway.Backends.Remote; public sealed class RemoteExchange;"),
        new("Sessions/SessionManager.cs", """
            namespace McpGateway.Sessions;
            public class SessionManager
            {
                public static SessionManager Instance { get; } = new();
                public static int Count() => 0;
                public class Lease;
            }
            """),
        new("Sessions/Extensions.cs", """
            namespace McpGateway.Sessions;
            public static class Extensions { public static int Twice(this int it) => it; }
            """),
        new("Http/McpEndpoint.cs", """
            namespace McpGateway.Http;
            public sealed class McpEndpoint
            {
                public Task HandleAsync(HttpContext context) => Task.CompletedTask;
                public SseStream? Open() => null;
            }
            public sealed class SseStream;
            """),
        new("Http/JsonRpcErrorWriter.cs", """
            namespace McpGateway.Http;
            public static class JsonRpcErrorWriter { public static int It; }
            """),
        new("Access/Users.cs", "namespace McpGateway.Access; public sealed record User(string Name);"),
        new("Access/Endpoints/GuardedServer.cs", """
            namespace McpGateway.Access.Endpoints;
            public sealed record GuardedServer(string Name);
            """),
        new("Management/Health.cs", "namespace McpGateway.Management; public sealed class Health;"),
    ];

    [Theory]
    [InlineData("Policies", "using McpGateway.Sessions;", "", "Sessions")]
    [InlineData("Policies", "", "Sessions.SessionManager? _field;", "Sessions.SessionManager")]
    [InlineData("Policies", "", "McpGateway.Sessions.SessionManager? _field;", "Sessions.SessionManager")]
    [InlineData("Policies", "", "List<Sessions.SessionManager.Lease[]>? _field;", "Sessions.SessionManager")]
    [InlineData("Policies", "", "int Run() => Sessions.SessionManager.Count();", "Sessions.SessionManager")]
    [InlineData("Policies", "", "string Run() => nameof(Sessions.SessionManager);", "Sessions.SessionManager")]
    [InlineData("Policies", "using S = McpGateway.Sessions;", "", "Sessions")]
    [InlineData("Policies", "using M = McpGateway.Sessions.SessionManager;", "M? _field;", "Sessions.SessionManager")]
    [InlineData("Policies", "using static McpGateway.Sessions.SessionManager;", "int Run() => Count();",
        "Sessions.SessionManager")]
    [InlineData("JsonRpc", "", "object Run() => new Policies.Rule();", "Policies.Rule")]
    [InlineData("Drain", "", "Policies.Rule? _field;", "Policies.Rule")]
    [InlineData("Sessions", "", "object Run() => new Backends.Stdio.Child();", "Backends.Stdio.Child")]
    [InlineData("Backends/Stdio", "", "Remote.RemoteExchange? _field;", "Backends.Remote.RemoteExchange")]
    [InlineData("Backends/Remote/Relay", "", "Backends.Stdio.Child? _field;", "Backends.Stdio.Child")]
    [InlineData("Backends/Remote", "", "Http.McpEndpoint? _field;", "Http.McpEndpoint")]
    [InlineData("Access", "", "Sessions.SessionManager? _field;", "Sessions.SessionManager")]
    [InlineData("Access", "", "Policies.Rule? _field;", "Policies.Rule")]
    [InlineData("Access/Keys", "", "Http.McpEndpoint? _field;", "Http.McpEndpoint")]
    [InlineData("Replicas", "", "Access.User? _field;", "Access.User")]
    [InlineData("Replicas", "", "Sessions.SessionManager? _field;", "Sessions.SessionManager")]
    [InlineData("Proxy", "", "Sessions.SessionManager? _field;", "Sessions.SessionManager")]
    [InlineData("Proxy", "", "Policies.Rule? _field;", "Policies.Rule")]
    [InlineData("Proxy", "", "Http.SseStream? _field;", "Http.SseStream")]
    [InlineData("Proxy", "", "void Run(Http.McpEndpoint entry) { var stream = entry.Open(); }", "Http.SseStream")]
    [InlineData("Http", "", "Access.User? _field;", "Access.User")]
    [InlineData("Cli", "", "Management.Health? _field;", "Management.Health")]
    public void OwnType_FromAFolderAbove_IsCaught(string folder, string usings, string member, string used) =>
        Assert.Contains($"{folder}/Probe.cs(3): {LayerOf(folder)} may not use {used}", Complaints(folder, usings, member));

    [Fact]
    public void OwnType_BehindInferredVar_IsCaughtWhereItIsUsed()
    {
        // The name appears in an allowed file only; the forbidden folder gets hold of it without writing it.
        SourceFile source = new("Policies/Source.cs", """
            namespace McpGateway.Policies;
            class Source { internal Sessions.SessionManager? It; }
            """);
        SourceFile probe = new("Policies/Probe.cs", """
            namespace McpGateway.Policies;
            class Probe
            {
                void Run(Source source)
                {
                    var it = source.It;
                    foreach (var each in new[] { source.It }) { }
                    Action<Source> later = one => one.It?.ToString();
                    var (left, right) = (source.It, 1);
                }
            }
            """);

        var complaints = LayoutChecker.Check([.. Gateway, source, probe]);

        Assert.All([6, 7, 8, 9], line =>
            Assert.Contains($"Policies/Probe.cs({line}): Policies may not use Sessions.SessionManager", complaints));
    }

    [Fact]
    public void ExtensionMethod_OfAFolderAbove_IsCaughtByItsClass()
    {
        SourceFile import = new("Policies/Import.cs", "global using McpGateway.Sessions;");
        SourceFile probe = new("Policies/Probe.cs", "namespace McpGateway.Policies;\nclass Probe { int Run() => 1.Twice(); }");

        var complaints = LayoutChecker.Check([.. Gateway, import, probe]);

        Assert.Equal(
            [
                "Policies/Import.cs(1): Policies may not use Sessions",
                "Policies/Probe.cs(2): Policies may not use Sessions.Extensions",
            ],
            complaints);
    }

    [Theory]
    [InlineData("Sessions", "", "void Run(HttpContext context) { }", "Microsoft.AspNetCore.Http.HttpContext")]
    [InlineData("Drain", "using Microsoft.AspNetCore.Http;", "", "Microsoft.AspNetCore.Http")]
    [InlineData("Backends/Stdio", "", "void Run(IApplicationBuilder app) => app.Use((context, next) => next());",
        "Microsoft.AspNetCore.Http.HttpContext")]
    [InlineData("Cli", "", "int Run() => StatusCodes.Status200OK;", "Microsoft.AspNetCore.Http.StatusCodes")]
    [InlineData("Sessions", "", "System.Diagnostics.Process? _field;", "System.Diagnostics.Process")]
    [InlineData("Sessions", "", "CliWrap.Command? _field;", "CliWrap.Command")]
    [InlineData("Management", "using System.Diagnostics;", "long Run() => Process.GetCurrentProcess().WorkingSet64;",
        "System.Diagnostics.Process")]
    [InlineData("Cli", "", "object Run() => new System.Diagnostics.ProcessStartInfo();",
        "System.Diagnostics.ProcessStartInfo")]
    [InlineData("Cli", "using System.Runtime.InteropServices;", "[DllImport(\"c\")] static extern int getpid();",
        "System.Runtime.InteropServices.DllImportAttribute")]
    [InlineData("Cli", "using System.Runtime.InteropServices;", "[LibraryImport(\"libc\")] private static partial int getpid();",
        "System.Runtime.InteropServices.LibraryImportAttribute")]
    [InlineData("Http", "", "Yarp.ReverseProxy.Configuration.RouteConfig? _field;",
        "Yarp.ReverseProxy.Configuration.RouteConfig")]
    [InlineData("Http", "", "void Run(IServiceCollection services) => services.AddReverseProxy();",
        "Microsoft.Extensions.DependencyInjection.ReverseProxyServiceCollectionExtensions")]
    [InlineData("Proxy", "using ModelContextProtocol.Protocol;", "", "ModelContextProtocol.Protocol")]
    [InlineData("Proxy", "", "void Run(IServiceCollection services) => services.AddMcpServer();",
        "Microsoft.Extensions.DependencyInjection.McpServerServiceCollectionExtensions")]
    public void ForeignType_OutsideItsFolders_IsCaught(string folder, string usings, string member, string used) =>
        Assert.Contains($"{folder}/Probe.cs(3): {LayerOf(folder)} may not use {used}", Complaints(folder, usings, member));

    [Theory]
    [InlineData("JsonRpc", "", "string? Run() => Environment.ProcessPath;")]
    [InlineData("Diagnostics", "using System.Diagnostics;", "ActivitySource? _field; long Run() => Stopwatch.GetTimestamp();")]
    [InlineData("Backends/Stdio", "using McpGateway.JsonRpc;", "Envelope? _field; System.Diagnostics.Process? _process;")]
    [InlineData("Backends/Stdio", "using CliWrap;", "Command? _field;")]
    [InlineData("Backends/Stdio/Launching", "using System.Runtime.InteropServices;",
        "Child? _child; [LibraryImport(\"libc\")] private static partial int getpid();")]
    [InlineData("Backends/Stdio", "using McpGateway.Sessions;", "int Run(SessionManager sessions) => 1.Twice();")]
    [InlineData("Backends/Remote", "", "Policies.Rule? _rule; void Run(HttpContext context) { }")]
    [InlineData("Http", "", "Sessions.SessionManager? _field; Backends.Stdio.Child? _child; void Run(HttpContext context) { }")]
    [InlineData("Access", "using McpGateway.Http;",
        "Policies.RateLimits.Bucket? _field; int Run(HttpContext context) => JsonRpcErrorWriter.It;")]
    [InlineData("Replicas", "using Yarp.ReverseProxy.Configuration;",
        "RouteConfig? _route; Http.McpEndpoint? _field; Policies.Rule? _rule; void Run(HttpContext context) { }")]
    [InlineData("Proxy", "using McpGateway.Http; using Yarp.ReverseProxy.Configuration;",
        "RouteConfig? _route; Access.Endpoints.GuardedServer? _server; Backends.Remote.RemoteExchange? _remote; "
            + "Task Run(McpEndpoint to, HttpContext context) => to.HandleAsync(context);")]
    [InlineData("Management", "",
        "Sessions.SessionManager? _field; Http.SseStream? _stream; void Run(HttpContext context) { }")]
    [InlineData("Cli", "using ModelContextProtocol.Protocol;",
        "Tool? _tool; void Run(IServiceCollection services) => services.AddMcpServer();")]
    public void AnyType_WhereItBelongs_IsAllowed(string folder, string usings, string member) =>
        Assert.Empty(Complaints(folder, usings, member));

    [Fact]
    public void Composition_MayUseEverything()
    {
        SourceFile program = new("Program.cs", """
            using McpGateway.Management;
            var all = (new Health(), new DefaultHttpContext(), System.Diagnostics.Process.GetCurrentProcess());
            """);

        Assert.Empty(LayoutChecker.Check([.. Gateway, program]));
    }

    [Theory]
    [InlineData("Sessions/Probe.cs", "namespace McpGateway.JsonRpc; class Probe;",
        "the namespace must be McpGateway.Sessions, not McpGateway.JsonRpc")]
    [InlineData("Sessions/Probe.cs", "class Probe;", "the namespace must be McpGateway.Sessions, not <global namespace>")]
    [InlineData("Sessions/Probe.cs", "namespace McpGateway { enum Probe; }",
        "the namespace must be McpGateway.Sessions, not McpGateway")]
    [InlineData("Sessions/Probe.cs", "namespace McpGateway.Sessions.Queues; class Probe;",
        "the namespace must be McpGateway.Sessions, not McpGateway.Sessions.Queues")]
    [InlineData("Sessions/Queues/Probe.cs", "namespace McpGateway.Sessions; class Probe;",
        "the namespace must be McpGateway.Sessions.Queues, not McpGateway.Sessions")]
    [InlineData("Probe.cs", "namespace McpGateway; class Probe;", "no rule says what Probe.cs may use")]
    [InlineData("Backends/Probe.cs", "namespace McpGateway.Backends; class Probe;",
        "no rule says what Backends/Probe.cs may use")]
    [InlineData("Helpers/Probe.cs", "namespace McpGateway.Helpers; class Probe;", "no rule says what Helpers/Probe.cs may use")]
    public void File_OutOfPlace_IsCaught(string path, string text, string complaint) =>
        Assert.Equal([$"{path}(1): {complaint}"], LayoutChecker.Check([.. Gateway, new SourceFile(path, text)]));

    [Fact]
    public void File_OfASubfolder_HasItsNamespace() => Assert.Empty(LayoutChecker.Check(
        [.. Gateway, new SourceFile("Sessions/Queues/Probe.cs", "namespace McpGateway.Sessions.Queues; class Probe;")]));

    [Theory]
    [InlineData("using McpGateway.JsonRpc;", "")]
    [InlineData("using McpGateway.JsonRpc; using System.Text;", "JsonRpc.Envelope? _field;")]
    public void Using_ThatIsNotNeeded_IsCaught(string usings, string member) =>
        Assert.Equal(["Sessions/Probe.cs(3): the using is not needed"], Complaints("Sessions", usings, member));

    [Theory]
    [InlineData("Envelope? _field;")]
    [InlineData("/** <see cref=\"Envelope\"/> */ int _field;")]
    public void Using_ThatIsNeeded_IsAllowed(string member) =>
        Assert.Empty(Complaints("Sessions", "using McpGateway.JsonRpc;", member));

    [Fact]
    public void Name_WithoutASymbol_IsCaughtRatherThanOverlooked() => Assert.StartsWith(
        "Sessions/Probe.cs(3): cannot be judged: ",
        Assert.Single(Complaints("Sessions", "", "Nowhere? _field;")),
        StringComparison.Ordinal);

    [Fact]
    public void GeneratedMember_OfAJsonContext_IsNotMistakenForOne() => Assert.Empty(Complaints(
        "Sessions",
        "using System.Text.Json.Serialization;",
        "object Run() => Context.Default.Int32; [JsonSerializable(typeof(int))] partial class Context : JsonSerializerContext;"));

    // The probe's usings and members share its third line, so that a test knows where to expect its complaint.
    private static IReadOnlyList<string> Complaints(string folder, string usings, string member)
    {
        var declaration = $"namespace McpGateway.{folder.Replace('/', '.')}; unsafe partial class Probe {{ {member} }}";
        var text = $"// A file\n// to judge.\n{usings} {declaration}";
        return LayoutChecker.Check([.. Gateway, new SourceFile($"{folder}/Probe.cs", text)]);
    }

    private static string LayerOf(string folder) => LayoutRules.LayerOf(new SourceFile($"{folder}/Probe.cs", ""))!;
}
