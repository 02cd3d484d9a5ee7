using System.Text.Json;
using System.Text.RegularExpressions;
using McpGateway.Configuration;
using McpGateway.Configuration.Reading;
using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Interop;

namespace McpGateway.FunctionalTests.Deployment;

/// <summary>The objects of deploy/kubernetes: valid as such, and right together.</summary>
public sealed class ManifestTests
{
    // Stopping children takes its time after the drain: docs/processes.md.
    private static readonly TimeSpan Stop = TimeSpan.FromSeconds(15);

    private static readonly string[] Selecting = ["Service", "StatefulSet", "PodDisruptionBudget", "NetworkPolicy"];

    public static TheoryData<string> Overlays { get; } = ["single", "ingress-nginx", "gateway-api"];

    [Fact]
    public async Task Check_OfAWrongField_FindsIt()
    {
        InteropParts.Require();
        var yaml = "apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { port: [] }\n";
        var failure = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Manifests.CheckAsync(yaml));
        Assert.Contains("Service/x", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("single", 9)]
    [InlineData("ingress-nginx", 11)]
    [InlineData("gateway-api", 12)]
    public async Task Overlay_Rendered_IsValid(string overlay, int count) =>
        Assert.Equal(count, (await Manifests.OfAsync(overlay)).Objects.Length);

    [Fact]
    public async Task Secret_Example_IsValid() =>
        Assert.Single((await Manifests.CheckAsync(DeployFiles.Read("kubernetes/secret.example.yaml"))).Objects);

    [Fact]
    public async Task Metrics_AddedToAnOverlay_AreValidAndMonitorTheHeadlessService()
    {
        var folder = Directory.CreateTempSubdirectory("mcpgateway-overlay-");
        var kubernetes = Path.GetRelativePath(folder.FullName, DeployFiles.PathOf("kubernetes"));
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "kustomization.yaml"),
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: mcpgateway\n"
            + $"resources: [{kubernetes}/overlays/single]\ncomponents: [{kubernetes}/components/metrics]\n", TestHttp.Token);

        var manifests = await Manifests.CheckAsync(await Manifests.RenderAsync(folder.FullName));
        folder.Delete(recursive: true);

        var wanted = manifests.Get("ServiceMonitor", "mcpgateway").At("spec", "selector", "matchLabels").Strings();
        var service = Assert.Single(
            manifests.Objects, it => Manifests.IsA(it, "Service") && Covers(wanted, it.At("metadata", "labels")));
        Assert.Equal("mcpgateway-headless", Manifests.Name(service));
        Assert.Equal(["http", "management"], PortNames(service.At("spec", "ports")).Order());
        Assert.Contains("management", PortNames(manifests.Container.Get("ports")));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Selectors_OfAllObjects_MeanThePods(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);
        var selecting = manifests.Objects.Where(it => Array.Exists(Selecting, kind => Manifests.IsA(it, kind))).ToArray();
        Assert.True(selecting.Length >= 5);
        Assert.All(selecting, it => Assert.True(Covers(Selector(it.Get("spec")), manifests.Pod.At("metadata", "labels"))));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Pod_AsRestrictedAsItsNamespaceAsks_CanWriteWhereItMust(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);
        var (pod, container) = (manifests.Pod.Get("spec"), manifests.Container);
        var labels = manifests.Get("Namespace", "mcpgateway").At("metadata", "labels").Strings();
        Assert.Equal("restricted", labels["pod-security.kubernetes.io/enforce"]);
        Assert.True(pod.At("securityContext", "runAsNonRoot").GetBoolean());
        Assert.Equal("RuntimeDefault", pod.At("securityContext", "seccompProfile", "type").GetString());
        Assert.False(container.At("securityContext", "allowPrivilegeEscalation").GetBoolean());
        Assert.True(container.At("securityContext", "readOnlyRootFilesystem").GetBoolean());
        Assert.Equal("ALL", Assert.Single(container.At("securityContext", "capabilities", "drop").EnumerateArray()).GetString());
        Assert.False(pod.Get("automountServiceAccountToken").GetBoolean());

        var empty = pod.Get("volumes").EnumerateArray()
            .Where(it => it.TryGetProperty("emptyDir", out _)).Select(it => it.Get("name").GetString());
        var writable = container.Get("volumeMounts").EnumerateArray()
            .Where(it => empty.Contains(it.Get("name").GetString())).Select(it => it.Get("mountPath").GetString());
        Assert.Equal(["/home/app", "/tmp"], writable.Order());
        Assert.Contains("HOME=/home/app", Dockerfile(), StringComparison.Ordinal);
        Assert.Contains($"USER {pod.At("securityContext", "runAsUser").GetInt32()}:", Dockerfile(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task GatewayJson_Mounted_IsOneThatIsRenewed(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);
        var mount = manifests.Container.Get("volumeMounts").EnumerateArray().Single(IsServers);
        Assert.False(mount.TryGetProperty("subPath", out _)); // kubelet never renews such a one
        var file = $"{mount.Get("mountPath").GetString()}/gateway.json";
        Assert.Contains(file, manifests.Container.Get("args").EnumerateArray().Select(it => it.GetString()));
        var volume = manifests.Pod.At("spec", "volumes").EnumerateArray().Single(IsServers);
        var name = volume.At("configMap", "name").GetString()!;
        Assert.Equal("mcpgateway-servers", name); // with a hash a change would mean new pods
        Assert.True(manifests.Get("ConfigMap", name).Get("data").TryGetProperty("gateway.json", out _));

        static bool IsServers(JsonElement it) => it.Get("name").GetString() == "servers";
    }

    [Theory]
    [InlineData("kubernetes/base/gateway.json")]
    [InlineData("compose/config/gateway.json")]
    public void GatewayJson_Shipped_IsValid(string file)
    {
        var result = new GatewayConfigLoader(DeployFiles.PathOf(file), HostEnvironmentVariables.Get).Load();
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Stop_OfAPod_HasTimeForTheDrain(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);
        var drain = Time("Drain__Delay") + Time("Drain__Timeout") + Stop;
        Assert.True(TimeSpan.FromSeconds(manifests.Pod.At("spec", "terminationGracePeriodSeconds").GetInt32()) >= drain);

        TimeSpan Time(string name) => TimeSpan.Parse(manifests.Environment[name], null);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Probes_WithThePodsAddressAsHost_AreAnsweredUnderTheSettings(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);
        var settings = manifests.Environment.Where(it => !it.Key.StartsWith("Replicas__", StringComparison.Ordinal))
            .ToDictionary(it => it.Key.Replace("__", ":", StringComparison.Ordinal), it => (string?)it.Value);
        settings["Access:ApiKeys:0:Name"] = "ci";
        settings["Access:ApiKeys:0:Sha256"] = new string('0', 64);
        settings["Drain:Timeout"] = "00:00:00";
        settings["Drain:Delay"] = "00:00:00";
        await using var gateway = await TestGateway.StartWithTestServerAsync(settings: settings);
        foreach (var kind in (string[])["startupProbe", "readinessProbe", "livenessProbe"])
        {
            var probe = manifests.Container.At(kind, "httpGet");
            Assert.Equal("http", probe.Get("port").GetString());
            using var answer = await TestHttp.SendAsync(
                HttpMethod.Get, new Uri(gateway.BaseAddress, probe.Get("path").GetString()), null, ("Host", "10.1.2.3:8000"));
            Assert.Equal(200, answer.Status);
        }
    }

    [Theory]
    [InlineData("ingress-nginx")]
    [InlineData("gateway-api")]
    public async Task Replicas_ByTheirNames_ReachEachOther(string overlay)
    {
        var manifests = await Manifests.OfAsync(overlay);
        var set = manifests.Get("StatefulSet", "mcpgateway").Get("spec");
        var headless = manifests.Get("Service", set.Get("serviceName").GetString()!).Get("spec");
        Assert.Equal(("3", 3), (manifests.Environment["Replicas__Count"], set.Get("replicas").GetInt32()));
        Assert.Equal("None", headless.Get("clusterIP").GetString());
        Assert.True(headless.Get("publishNotReadyAddresses").GetBoolean()); // one that drains has sessions still
        var self = manifests.Container.Get("env").EnumerateArray().Single(it => it.Get("name").GetString() == "Replicas__Self");
        Assert.Equal("metadata.name", self.At("valueFrom", "fieldRef", "fieldPath").GetString());
        Assert.Matches($@"\A(?:{manifests.Environment["Replicas__NamePattern"]})\z", "mcpgateway-2");
        Assert.DoesNotMatch(new Regex($@"\A(?:{manifests.Environment["Replicas__NamePattern"]})\z"), "mcpgateway-2.elsewhere");
        var port = Assert.Single(headless.Get("ports").EnumerateArray()).Get("port").GetInt32();
        Assert.Equal($"http://{{name}}.{set.Get("serviceName").GetString()}:{port}", manifests.Environment["Replicas__Address"]);
        Assert.Equal(port, Assert.Single(manifests.Container.Get("ports").EnumerateArray()).Get("containerPort").GetInt32());
        Assert.Contains($"ASPNETCORE_URLS=http://*:{port}", Dockerfile(), StringComparison.Ordinal);
    }

    private static string Dockerfile() => File.ReadAllText(Path.Combine(InteropParts.Repository, "Dockerfile"));

    private static IEnumerable<string?> PortNames(JsonElement ports) =>
        ports.EnumerateArray().Select(it => it.Get("name").GetString());

    private static bool Covers(Dictionary<string, string?> selector, JsonElement labels) =>
        selector.Count > 0 && selector.All(it => labels.Strings().GetValueOrDefault(it.Key) == it.Value);

    // A missing one is no error of the schema's, and means no pod or all.
    private static Dictionary<string, string?> Selector(JsonElement spec)
    {
        var found = spec.TryGetProperty("selector", out var selector) || spec.TryGetProperty("podSelector", out selector);
        Assert.True(found, "no selector");
        return (selector.TryGetProperty("matchLabels", out var labels) ? labels : selector).Strings();
    }
}
