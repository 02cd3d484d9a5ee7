using McpGateway.FunctionalTests.Interop;

namespace McpGateway.FunctionalTests.Access.Browser;

/// <summary>What scripts of web pages do in Chromium, in order: tests/interop/page.mjs.</summary>
internal sealed class PageScript
{
    // One browser for all tests: each script has a context of its own, as a private window.
    private static NodeService? _chromium;

    private readonly List<object> _steps = [];

    /// <summary>A session over Streamable HTTP; brings <c>{ text, ended }</c>.</summary>
    /// <param name="name">The step's.</param>
    /// <param name="page">The URL of the page that does it.</param>
    /// <param name="url">The endpoint's.</param>
    /// <param name="authorization">The header, if any.</param>
    public PageScript OverFetch(string name, string page, Uri url, string? authorization = null) =>
        Add(name, page, "overFetch", new { url, authorization, text = name });

    /// <summary>A session over HTTP+SSE; brings <c>{ text }</c>.</summary>
    public PageScript OverEventSource(string name, string page, Uri url) =>
        Add(name, page, "overEventSource", new { url, text = name });

    /// <summary>A request; brings <c>{ status, headers, body }</c> of the answer, as far as the page may see it.</summary>
    /// <param name="name">The step's.</param>
    /// <param name="page">The URL of the page that does it.</param>
    /// <param name="request">The argument of fetch, and <c>url</c>.</param>
    public PageScript Read(string name, string page, object request) => Add(name, page, "read", request);

    /// <summary>Skips or fails the test where Chromium or what drives it is missing.</summary>
    public Task<ScenarioReport> RunAsync()
    {
        var chromium = InteropParts.RequireChromium();
        return LazyInitializer.EnsureInitialized(ref _chromium, () => new NodeService("page.mjs", "--chromium", chromium))
            .AskAsync(_steps);
    }

    private PageScript Add(string name, string page, string run, object with)
    {
        _steps.Add(new { name, page, run, with });
        return this;
    }
}
