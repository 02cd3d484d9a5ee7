namespace McpGateway.Tests.Architecture;

/// <summary>The fence itself: each way around it is tried here, beside what must stay allowed.</summary>
public sealed class LayoutCheckerTests
{
    // A small gateway for the probes to reach into.
    private static readonly SourceFile[] Gateway =
    [
        new("JsonRpc/Envelope.cs", "namespace McpGateway.JsonRpc; public sealed class Envelope;"),
        new("Servers/Child.cs", "namespace McpGateway.Servers; public class Child { public int Id; }"),
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
        new("Transports/McpEndpoint.cs", """
            namespace McpGateway.Transports;
            public sealed class McpEndpoint
            {
                public Task HandleAsync(HttpContext context) => Task.CompletedTask;
                public SseStream? Open() => null;
            }
            public sealed class SseStream;
            """),
        new("Access/Users.cs", "namespace McpGateway.Access; public sealed record User(string Name);"),
        new("Management/Health.cs", "namespace McpGateway.Management; public sealed class Health;"),
    ];

    [Theory]
    [InlineData("Servers", "using McpGateway.Sessions;", "", "Sessions")]
    [InlineData("Servers", "", "Sessions.SessionManager? _field;", "Sessions.SessionManager")]
    [InlineData("Servers", "", "McpGateway.Sessions.SessionManager? _field;", "Sessions.SessionManager")]
    [InlineData("Servers", "", "List<Sessions.SessionManager.Lease[]>? _field;", "Sessions.SessionManager")]
    [InlineData("Servers", "", "int Run() => Sessions.SessionManager.Count();", "Sessions.SessionManager")]
    [InlineData("Servers", "", "string Run() => nameof(Sessions.SessionManager);", "Sessions.SessionManager")]
    [InlineData("Servers", "using S = McpGateway.Sessions;", "", "Sessions")]
    [InlineData("Servers", "using M = McpGateway.Sessions.SessionManager;", "M? _field;", "Sessions.SessionManager")]
    [InlineData("Servers", "using static McpGateway.Sessions.SessionManager;", "int Run() => Count();",
        "Sessions.SessionManager")]
    [InlineData("JsonRpc", "", "object Run() => new Servers.Child();", "Servers.Child")]
    [InlineData("Access", "", "Sessions.SessionManager? _field;", "Sessions.SessionManager")]
    [InlineData("Proxy", "", "Sessions.SessionManager? _field;", "Sessions.SessionManager")]
    [InlineData("Proxy", "", "Transports.SseStream? _field;", "Transports.SseStream")]
    [InlineData("Proxy", "", "void Run(Transports.McpEndpoint entry) { var stream = entry.Open(); }", "Transports.SseStream")]
    [InlineData("Cli", "", "Management.Health? _field;", "Management.Health")]
    public void OwnType_FromAFolderAbove_IsCaught(string folder, string usings, string member, string used) =>
        Assert.Contains($"{folder}/Probe.cs(3): {folder} may not use {used}", Complaints(folder, usings, member));

    [Fact]
    public void OwnType_BehindInferredVar_IsCaughtWhereItIsUsed()
    {
        // The name appears in an allowed place only; the forbidden folder gets hold of it without writing it.
        SourceFile source = new("Servers/Source.cs", """
            namespace McpGateway.Servers;
            class Source { internal Sessions.SessionManager? It; }
            """);
        SourceFile probe = new("Servers/Probe.cs", """
            namespace McpGateway.Servers;
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
            Assert.Contains($"Servers/Probe.cs({line}): Servers may not use Sessions.SessionManager", complaints));
    }

    [Fact]
    public void ExtensionMethod_OfAFolderAbove_IsCaughtByItsClass()
    {
        SourceFile import = new("Servers/Import.cs", "global using McpGateway.Sessions;");
        SourceFile probe = new("Servers/Probe.cs", "namespace McpGateway.Servers;\nclass Probe { int Run() => 1.Twice(); }");

        var complaints = LayoutChecker.Check([.. Gateway, import, probe]);

        Assert.Equal(
            [
                "Servers/Import.cs(1): Servers may not use Sessions",
                "Servers/Probe.cs(2): Servers may not use Sessions.Extensions",
            ],
            complaints);
    }

    [Theory]
    [InlineData("Servers", "", "void Run(HttpContext context) { }", "Microsoft.AspNetCore.Http.HttpContext")]
    [InlineData("Servers", "using Microsoft.AspNetCore.Http;", "", "Microsoft.AspNetCore.Http")]
    [InlineData("Servers", "", "void Run(IApplicationBuilder app) => app.Use((context, next) => next());",
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
    [InlineData("Transports", "", "Yarp.ReverseProxy.Configuration.RouteConfig? _field;",
        "Yarp.ReverseProxy.Configuration.RouteConfig")]
    [InlineData("Transports", "", "void Run(IServiceCollection services) => services.AddReverseProxy();",
        "Microsoft.Extensions.DependencyInjection.ReverseProxyServiceCollectionExtensions")]
    [InlineData("Proxy", "using ModelContextProtocol.Protocol;", "", "ModelContextProtocol.Protocol")]
    [InlineData("Proxy", "", "void Run(IServiceCollection services) => services.AddMcpServer();",
        "Microsoft.Extensions.DependencyInjection.McpServerServiceCollectionExtensions")]
    public void ForeignType_OutsideItsFolders_IsCaught(string folder, string usings, string member, string used) =>
        Assert.Contains($"{folder}/Probe.cs(3): {folder} may not use {used}", Complaints(folder, usings, member));

    [Theory]
    [InlineData("JsonRpc", "", "string? Run() => Environment.ProcessPath;")]
    [InlineData("Diagnostics", "using System.Diagnostics;", "ActivitySource? _field; long Run() => Stopwatch.GetTimestamp();")]
    [InlineData("Servers", "using McpGateway.JsonRpc;", "Envelope? _field; System.Diagnostics.Process? _process;")]
    [InlineData("Servers", "using CliWrap;", "Command? _field;")]
    [InlineData("Servers", "using System.Runtime.InteropServices;",
        "[LibraryImport(\"libc\")] private static partial int getpid();")]
    [InlineData("Sessions", "using McpGateway.Servers;", "int Run(Child child) => child.Id;")]
    [InlineData("Transports", "", "Sessions.SessionManager? _field; void Run(HttpContext context) { }")]
    [InlineData("Access", "", "void Run(HttpContext context) => context.User = new();")]
    [InlineData("Proxy", "using McpGateway.Transports; using Yarp.ReverseProxy.Configuration;",
        "RouteConfig? _route; Access.User? _user; Task Run(McpEndpoint to, HttpContext context) => to.HandleAsync(context);")]
    [InlineData("Management", "",
        "Sessions.SessionManager? _field; Transports.SseStream? _stream; void Run(HttpContext context) { }")]
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
    [InlineData("Servers/Probe.cs", "namespace McpGateway.Sessions; class Probe;",
        "the namespace must be McpGateway.Servers, not McpGateway.Sessions")]
    [InlineData("Servers/Probe.cs", "class Probe;", "the namespace must be McpGateway.Servers, not <global namespace>")]
    [InlineData("Servers/Probe.cs", "namespace McpGateway { enum Probe; }",
        "the namespace must be McpGateway.Servers, not McpGateway")]
    [InlineData("Servers/Probe.cs", "namespace McpGateway.Servers.Posix; class Probe;",
        "the namespace must be McpGateway.Servers, not McpGateway.Servers.Posix")]
    [InlineData("Servers/Posix/Probe.cs", "namespace McpGateway.Servers.Windows; class Probe;",
        "the namespace must be McpGateway.Servers.Posix, not McpGateway.Servers.Windows")]
    [InlineData("Probe.cs", "namespace McpGateway; class Probe;", "no rule says what Probe.cs may use")]
    [InlineData("Helpers/Probe.cs", "namespace McpGateway.Helpers; class Probe;", "no rule says what Helpers/Probe.cs may use")]
    public void File_OutOfPlace_IsCaught(string path, string text, string complaint) =>
        Assert.Equal([$"{path}(1): {complaint}"], LayoutChecker.Check([.. Gateway, new SourceFile(path, text)]));

    [Theory]
    [InlineData("namespace McpGateway.Servers.Posix; class Probe;")]
    [InlineData("namespace McpGateway.Servers; class Probe;")]
    public void File_OfASubfolder_MayStayInTheNamespaceAroundIt(string text) =>
        Assert.Empty(LayoutChecker.Check([.. Gateway, new SourceFile("Servers/Posix/Probe.cs", text)]));

    [Fact]
    public void Name_WithoutASymbol_IsCaughtRatherThanOverlooked() => Assert.StartsWith(
        "Servers/Probe.cs(3): cannot be judged: ",
        Assert.Single(Complaints("Servers", "", "Nowhere? _field;")),
        StringComparison.Ordinal);

    [Fact]
    public void GeneratedMember_OfAJsonContext_IsNotMistakenForOne() => Assert.Empty(Complaints(
        "Servers",
        "using System.Text.Json.Serialization;",
        "object Run() => Context.Default.Int32; [JsonSerializable(typeof(int))] partial class Context : JsonSerializerContext;"));

    // The probe's usings and members share its third line, so that a test knows where to expect its complaint.
    private static IReadOnlyList<string> Complaints(string folder, string usings, string member)
    {
        var text = $"// A file\n// to judge.\n{usings} namespace McpGateway.{folder}; unsafe partial class Probe {{ {member} }}";
        return LayoutChecker.Check([.. Gateway, new SourceFile($"{folder}/Probe.cs", text)]);
    }
}
