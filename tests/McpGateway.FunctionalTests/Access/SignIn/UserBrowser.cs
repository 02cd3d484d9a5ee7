using System.Net;
using System.Text.RegularExpressions;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Access.SignIn;

/// <summary>
/// A user at the pages of <see cref="OidcProviderIssuer"/>: follows redirects, keeps cookies, signs in on request, and
/// agrees to whatever a client wants.
/// </summary>
internal sealed partial class UserBrowser(string user) : IDisposable
{
    // More than any of these ways has steps.
    private const int MostSteps = 20;

    private readonly HttpClient _http =
        new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TestHttp.Timeout };

    /// <summary>The forms that were sent: <c>login</c>, <c>consent</c>.</summary>
    public List<string> Forms { get; } = [];

    /// <summary>Goes from a client's authorization request to where the issuer sends the user back.</summary>
    /// <param name="authorization">What the client wants opened.</param>
    /// <returns>The client's redirect URI with the answer in its query, not yet visited.</returns>
    public async Task<Uri> AuthorizeAsync(Uri authorization)
    {
        var back = Query(authorization)["redirect_uri"];
        var (page, form) = (authorization, (FormUrlEncodedContent?)null);
        for (var step = 0; step < MostSteps; step++)
        {
            using var answer = form is null
                ? await _http.GetAsync(page, TestHttp.Token)
                : await _http.PostAsync(page, form, TestHttp.Token);
            if (answer.Headers.Location is { } location)
                (page, form) = (new Uri(page, location), null);
            else
                (page, form) = FillIn(page, await answer.Content.ReadAsStringAsync(TestHttp.Token));
            if (page.GetLeftPart(UriPartial.Path) == back)
                return page;
        }

        throw new InvalidOperationException($"The issuer does not come to an end: {page}");
    }

    /// <summary>The query's parameters, decoded.</summary>
    public static Dictionary<string, string> Query(Uri uri) => uri.Query.TrimStart('?')
        .Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => WebUtility.UrlDecode(pair[0]), pair => WebUtility.UrlDecode(pair[1]));

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("""<form[^>]* action="(?<url>[^"]+)".*name="prompt" value="(?<prompt>\w+)"/>""", RegexOptions.Singleline)]
    private static partial Regex Form();

    private (Uri, FormUrlEncodedContent) FillIn(Uri page, string html)
    {
        var form = Form().Match(html);
        Assert.True(form.Success, $"{page} is no form to fill in:\n{html}");
        var prompt = form.Groups["prompt"].Value;
        Forms.Add(prompt);
        var fields = new Dictionary<string, string> { ["prompt"] = prompt };
        if (prompt is "login")
            (fields["login"], fields["password"]) = (user, "any");
        return (new Uri(page, WebUtility.HtmlDecode(form.Groups["url"].Value)), new FormUrlEncodedContent(fields));
    }
}
