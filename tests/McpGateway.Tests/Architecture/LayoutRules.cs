namespace McpGateway.Tests.Architecture;

/// <summary>Which folder of src/McpGateway may use what: imports point down only.</summary>
internal static class LayoutRules
{
    public const string Root = "McpGateway";

    /// <summary>The one type through which Proxy hands a request for a stdio server to Transports.</summary>
    public const string TransportsEntry = "Transports.McpEndpoint";

    /// <summary>The types through which Proxy forwards a request to a remote server, and Transports reads and writes it.</summary>
    public static readonly string[] RemoteEntry =
    [
        .. new[] { "RemoteEndpoint", "RemoteExchange", "IUpstream", "UpstreamLink", "UpstreamAddress", "UpstreamFailure", "UpstreamSession" }
            .Select(type => "Transports.Remote." + type),
    ];

    /// <summary>Composition, at the top of everything: free to use whatever it wires together.</summary>
    public const string Composition = "Program.cs";

    /// <summary>From the bottom up. What a folder may import is named as a folder, or as one type of it.</summary>
    public static readonly FolderRule[] Folders =
    [
        new("JsonRpc"),
        new("Diagnostics"),
        new("Configuration"),
        new("Limits", "Configuration"),
        new("Replicas", "Configuration"),
        new("Servers", "JsonRpc", "Diagnostics", "Configuration"),
        new("Sessions", "JsonRpc", "Diagnostics", "Configuration", "Replicas", "Limits", "Servers"),
        new("Transports", "JsonRpc", "Diagnostics", "Configuration", "Replicas", "Limits", "Servers", "Sessions"),
        new("Access", "JsonRpc", "Diagnostics", "Configuration", "Limits"),
        new("Proxy", ["JsonRpc", "Diagnostics", "Configuration", "Replicas", "Access", TransportsEntry, .. RemoteEntry]),
        new("Cli", "JsonRpc", "Diagnostics", "Configuration", "Replicas", "Servers", "Sessions", "Transports", "Access", "Proxy"),
        new("Management", "JsonRpc", "Diagnostics", "Configuration", "Replicas", "Servers", "Sessions", "Transports", "Access", "Proxy"),
    ];

    /// <summary>Namespaces and types, of the framework or a package, that belong to some folders alone.</summary>
    public static readonly Restriction[] Names =
    [
        new("Microsoft.AspNetCore.Http", "Transports", "Proxy", "Access", "Management"),
        new("CliWrap", "Servers"),
        new("System.Diagnostics.Process", "Servers"),
        new("System.Diagnostics.ProcessStartInfo", "Servers"),
        new("System.Runtime.InteropServices.DllImportAttribute", "Servers"),
        new("System.Runtime.InteropServices.LibraryImportAttribute", "Servers"),
        new("Microsoft.AspNetCore.Authentication", "Access"),
        new("Microsoft.IdentityModel", "Access"),
        new("System.IdentityModel", "Access"),
        new("Yarp", "Proxy"),
        new("ModelContextProtocol", "Cli"),
    ];

    /// <summary>Packages that also put types into namespaces of the framework, as their registration methods.</summary>
    public static readonly Restriction[] Assemblies =
    [
        new("Yarp", "Proxy"),
        new("ModelContextProtocol", "Cli"),
    ];

    /// <param name="folder">The folder that uses it.</param>
    /// <param name="name">A type or namespace in full; dots between its parts, no type arguments.</param>
    /// <param name="assembly">Where the type is from; null for a namespace, which many assemblies share.</param>
    public static bool Allow(string folder, string name, string? assembly) =>
        IsWithin(name, Root)
            ? AllowOurs(folder, name)
            : Names.All(rule => rule.Allow(folder, name))
                && (assembly is null || Assemblies.All(rule => rule.Allow(folder, assembly)));

    public static bool IsWithin(string name, string scope) =>
        name.StartsWith(scope, StringComparison.Ordinal) && (name.Length == scope.Length || name[scope.Length] == '.');

    private static bool AllowOurs(string folder, string name)
    {
        if (name.Length == Root.Length)
            return true;
        var local = name[(Root.Length + 1)..];
        // The namespace of a single allowed type may be imported: without it that type could not be named.
        return IsWithin(local, folder)
            || Folders.Any(rule => rule.Folder == folder && rule.Imports.Any(it => IsWithin(local, it) || IsWithin(it, local)));
    }
}

internal sealed record FolderRule(string Folder, params string[] Imports);

/// <summary>What lies within <paramref name="Scope"/> may be used in <paramref name="Folders"/> only.</summary>
internal sealed record Restriction(string Scope, params string[] Folders)
{
    public bool Allow(string folder, string name) => !LayoutRules.IsWithin(name, Scope) || Folders.Contains(folder);
}
