namespace McpGateway.Http;

/// <summary>
/// What every response says to browsers: take it for what it is called, keep no copy, show it in no frame, tell nobody
/// where you come from. Who has something else to say about caching says it later.
/// </summary>
internal static class SecurityHeaders
{
    /// <summary>Sets them. To be done again by whoever clears a response.</summary>
    public static void Apply(HttpResponse response)
    {
        var headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
    }

    /// <summary>First of all steps.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        Apply(context.Response);
        // Before the steps and not when the response starts: a step that sets a field of its own then wins.
        return next(context);
    });
}
