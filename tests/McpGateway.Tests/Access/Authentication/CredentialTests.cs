using McpGateway.Access.Authentication;
using Microsoft.AspNetCore.Http;

namespace McpGateway.Tests.Access.Authentication;

public sealed class CredentialTests
{
    [Theory]
    [InlineData("Bearer a.b.c", "Token", "a.b.c")]
    [InlineData("bearer  a.b.c ", "Token", "a.b.c")]
    [InlineData("Bearer mgw_x", "ApiKey", "mgw_x")]
    [InlineData("Bearer", "Unknown", "")]
    [InlineData("Bearer ", "Unknown", "")]
    [InlineData("Bearer a b", "Unknown", "")]
    [InlineData("Bearer a,Bearer b", "Unknown", "")]
    [InlineData("Bearer \"a\"", "Unknown", "")]
    [InlineData("Bearer ä", "Unknown", "")]
    [InlineData("Basic YTpi", "Unknown", "")]
    [InlineData("", "Unknown", "")]
    public void Of_AuthorizationHeader_IsTold(string header, string kind, string text)
    {
        var credential = Of(request => request.Headers.Authorization = header);
        Assert.Equal((kind, text), (credential.Kind.ToString(), credential.Text));
    }

    [Fact]
    public void Of_KeyHeader_IsAnApiKeyWhateverItHolds()
    {
        Assert.Equal(new Credential(CredentialKind.ApiKey, "a.b.c"), Of(request => request.Headers["X-API-Key"] = "a.b.c"));
        Assert.Equal(CredentialKind.ApiKey, Of(request => request.Headers["x-api-key"] = "").Kind);
    }

    [Fact]
    public void Of_Nothing_IsNone() =>
        Assert.Equal(CredentialKind.None, Of(request => request.QueryString = new("?sessionId=1&token=x")).Kind);

    [Fact]
    public void Of_QueryToken_IsNotTaken()
    {
        Assert.Equal(new Credential(CredentialKind.InQuery, ""), Of(request => request.QueryString = new("?access_token=a.b.c")));
        Assert.Equal(CredentialKind.InQuery, Of(request => request.QueryString = new("?Access_Token=a.b.c")).Kind);
        Assert.Equal(CredentialKind.InQuery, Of(request => request.QueryString = new("?access%5Ftoken=a.b.c")).Kind);
    }

    [Fact]
    public void Of_SeveralCredentials_IsSeveral()
    {
        Assert.Equal(CredentialKind.Several, Of(request => request.Headers.Authorization = new(["Bearer a", "Bearer a"])).Kind);
        Assert.Equal(CredentialKind.Several, Of(request => request.Headers["X-API-Key"] = new(["a", "a"])).Kind);
        Assert.Equal(CredentialKind.Several, Of(request =>
        {
            request.Headers.Authorization = "Bearer a";
            request.Headers["X-API-Key"] = "a";
        }).Kind);
        Assert.Equal(CredentialKind.Several, Of(request =>
        {
            request.Headers.Authorization = "Bearer a";
            request.QueryString = new("?access_token=a");
        }).Kind);
    }

    private static Credential Of(Action<HttpRequest> set)
    {
        var context = new DefaultHttpContext();
        set(context.Request);
        return Credential.Of(context.Request);
    }
}
