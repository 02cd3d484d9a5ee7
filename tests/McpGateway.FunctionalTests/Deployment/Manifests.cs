using System.Collections.Concurrent;
using System.Text.Json;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Interop;

namespace McpGateway.FunctionalTests.Deployment;

/// <summary>What an overlay of deploy/kubernetes becomes, once its objects were checked against Kubernetes' schemas.</summary>
internal sealed class Manifests(JsonElement[] objects)
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<Manifests>>> Rendered = new();
    private static readonly NodeService Schemas = new("kubernetes.mjs");

    public JsonElement[] Objects { get; } = objects;

    public JsonElement Pod => Get("StatefulSet", "mcpgateway").At("spec", "template");

    public JsonElement Container => Assert.Single(Pod.At("spec", "containers").EnumerateArray());

    /// <summary>The environment that ConfigMap and container set; what is looked up in the pod is left out.</summary>
    public Dictionary<string, string> Environment =>
        Objects.Single(it => IsA(it, "ConfigMap") && Name(it).StartsWith("mcpgateway-settings", StringComparison.Ordinal))
            .Get("data").EnumerateObject().Select(it => (it.Name, Value: it.Value.GetString()!))
            .Concat((Container.TryGetProperty("env", out var env) ? env.EnumerateArray() : [])
                .Where(it => it.TryGetProperty("value", out _)).Select(it => (Name: Name(it, "name"), Value: Name(it, "value"))))
            .ToDictionary(it => it.Name, it => it.Value);

    /// <param name="overlay">A folder of deploy/kubernetes/overlays.</param>
    public static Task<Manifests> OfAsync(string overlay) =>
        Rendered.GetOrAdd(overlay, _ => new(async () =>
        {
            var rendered = await RenderAsync(DeployFiles.PathOf($"kubernetes/overlays/{overlay}"));
            return await CheckAsync(rendered);
        })).Value;

    public static async Task<string> RenderAsync(string folder)
    {
        var kubectl = InteropParts.NeedProgram("install it; its version must know kustomize's components (1.21 or later)",
            "kubectl");
        var rendered = await Tool.RunAsync(kubectl, ["kustomize", folder]);
        Assert.Equal((0, ""), (rendered.ExitCode, rendered.Errors));
        return rendered.Output;
    }

    /// <summary>Fails if an object is not as its schema has it, or has a field that there is not.</summary>
    public static async Task<Manifests> CheckAsync(string yaml)
    {
        var report = await Schemas.AskAsync(yaml);
        Assert.Empty(report.Get("errors").EnumerateArray().Select(error => error.GetString()));
        return new Manifests([.. report.Get("objects").EnumerateArray()]);
    }

    public JsonElement Get(string kind, string name) => Objects.Single(it => IsA(it, kind) && Name(it) == name);

    public static bool IsA(JsonElement element, string kind) => element.Get("kind").GetString() == kind;

    public static string Name(JsonElement element) => element.At("metadata", "name").GetString()!;

    private static string Name(JsonElement element, string member) => element.Get(member).GetString()!;
}

internal static class JsonPaths
{
    public static JsonElement At(this JsonElement element, params string[] path) =>
        path.Aggregate(element, (current, name) => current.Get(name));

    /// <summary>The values of an object of strings.</summary>
    public static Dictionary<string, string?> Strings(this JsonElement element) =>
        element.EnumerateObject().ToDictionary(it => it.Name, it => it.Value.GetString());
}
