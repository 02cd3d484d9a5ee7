namespace McpGateway.Tests.Architecture;

/// <summary>Which folder of src/McpGateway may use what: imports point down only.</summary>
internal static class LayoutRules
{
    public const string Root = "McpGateway";

    /// <summary>The longest line that a file may have.</summary>
    public const int LineLength = 130;

    /// <summary>Types that are public because parameters of xunit's theories, which must be public methods, have them.</summary>
    public static readonly string[] PublicTypes = ["Isolation", "JsonRpcKind", "OnExit", "RemoteTransport"];

    /// <summary>Composition, at the top of everything: free to use whatever it wires together.</summary>
    public static readonly string[] Composition = ["Program.cs", "Gateway.cs"];

    // How a request for a stdio server goes in, and what has to be done around it.
    private static readonly string[] HttpEntries =
        ["Http.McpEndpoint", "Http.JsonRpcErrorWriter", "Http.SecurityHeaders", "Http.ForwardingPeer"];

    // How a request for a remote server goes in, and what Proxy implements of the way out.
    private static readonly string[] RemoteEntries =
    [
        .. new[]
            {
                "RemoteExchange", "IUpstream", "UpstreamLink", "UpstreamAddress", "UpstreamFailure",
                "UpstreamSession",
            }
            .Select(type => "Backends.Remote." + type),
    ];

    /// <summary>
    /// From the bottom up. A folder of a folder may have a rule of its own. What a folder may import is named as a folder, or
    /// as one type of it.
    /// </summary>
    public static readonly FolderRule[] Folders = [.. FromTheBottomUp()];

    /// <summary>Namespaces and types, of the framework or a package, that belong to some folders alone.</summary>
    public static readonly Restriction[] Names =
    [
        new("Microsoft.AspNetCore.Http", "Http", "Access", "Replicas", "Proxy", "Management", "Backends.Remote"),
        new("System.Diagnostics.Process", "Backends.Stdio"),
        new("System.Diagnostics.ProcessStartInfo", "Backends.Stdio"),
        new("System.Runtime.InteropServices.DllImportAttribute", "Backends.Stdio"),
        new("System.Runtime.InteropServices.LibraryImportAttribute", "Backends.Stdio"),
        new("CliWrap", "Backends.Stdio"),
        new("Microsoft.AspNetCore.Authentication", "Access"),
        new("Microsoft.IdentityModel", "Access"),
        new("System.IdentityModel", "Access"),
        new("Yarp", "Proxy", "Replicas", "Backends.Remote"),
        new("ModelContextProtocol", "Cli"),
    ];

    /// <summary>Packages that also put types into namespaces of the framework, as their registration methods.</summary>
    public static readonly Restriction[] Assemblies =
    [
        new("Yarp", "Proxy", "Replicas", "Backends.Remote"),
        new("ModelContextProtocol", "Cli"),
    ];

    /// <param name="file">A source file.</param>
    /// <returns>The folder whose rule holds for it: the innermost that has one; null when there is none.</returns>
    public static string? LayerOf(SourceFile file) => Folders.Select(rule => rule.Folder)
        .Where(folder => IsWithin(file.Namespace, $"{Root}.{folder}")).MaxBy(folder => folder.Length);

    /// <param name="layer">The folder that uses it, as <see cref="LayerOf"/> gives it.</param>
    /// <param name="name">A type or namespace in full; dots between its parts, no type arguments.</param>
    /// <param name="assembly">The assembly of the type; null for a namespace, which many assemblies share.</param>
    public static bool Allow(string layer, string name, string? assembly) =>
        IsWithin(name, Root)
            ? AllowOurs(layer, name)
            : Names.All(rule => rule.Allow(layer, name))
                && (assembly is null || Assemblies.All(rule => rule.Allow(layer, assembly)));

    public static bool IsWithin(string name, string scope) =>
        name.StartsWith(scope, StringComparison.Ordinal) && (name.Length == scope.Length || name[scope.Length] == '.');

    private static IEnumerable<FolderRule> FromTheBottomUp()
    {
        yield return new("JsonRpc");
        yield return new("Diagnostics");
        yield return new("Configuration");
        string[] below = ["JsonRpc", "Diagnostics", "Configuration"];
        yield return new("Policies", below);
        yield return new("Drain", below);
        below = [.. below, "Policies", "Drain"];
        yield return new("Sessions", below);
        below = [.. below, "Sessions"];
        yield return new("Backends.Stdio", below);
        yield return new("Backends.Remote", below);
        below = [.. below, "Backends.Stdio", "Backends.Remote"];
        yield return new("Http", below);
        yield return new("Access", "JsonRpc", "Diagnostics", "Configuration", "Policies.RateLimits", "Http.JsonRpcErrorWriter");
        yield return new("Replicas",
            ["JsonRpc", "Diagnostics", "Configuration", "Policies", "Drain", "Access.Endpoints", .. HttpEntries]);
        yield return new("Proxy",
            ["JsonRpc", "Diagnostics", "Configuration", "Replicas", "Access.Endpoints", "Http.McpEndpoint", .. RemoteEntries]);
        below = [.. below, "Http", "Access", "Replicas", "Proxy"];
        yield return new("Cli", below);
        yield return new("Management", below);
    }

    private static bool AllowOurs(string layer, string name)
    {
        if (name.Length == Root.Length)
            return true;
        var local = name[(Root.Length + 1)..];
        // The namespace of a single allowed type may be imported: without it that type could not be named.
        return IsWithin(local, layer)
            || Folders.Any(rule => rule.Folder == layer && rule.Imports.Any(it => IsWithin(local, it) || IsWithin(it, local)));
    }
}
