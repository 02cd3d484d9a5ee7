using System.Security.Claims;
using McpGateway.Access.Authentication;

namespace McpGateway.Tests.Access.Authentication;

public sealed class CallerClaimsTests
{
    [Fact]
    public void Of_Token_HasItsClaimsByTheirNamesToTheLetter()
    {
        var caller = Of(("ISS", "b"), ("iss", "a"), ("SUB", "bob"), ("sub", "alice"), ("Scope", "admin"), ("scope", "x y"),
            ("Aud", "z"))!;
        Assert.Equal("a", caller.FindFirst("iss")!.Value);
        Assert.Equal("alice", caller.FindFirst("sub")!.Value);
        Assert.Equal(["x", "y"], caller.FindAll("scope").Select(scope => scope.Value));
        Assert.False(caller.HasClaim("scope", "admin"));
        Assert.Empty(caller.FindAll("aud"));
    }

    [Fact]
    public void Of_TokenWithoutOneSubject_IsNull()
    {
        Assert.Null(Of(("iss", "a")));
        Assert.Null(Of(("Sub", "alice")));
        Assert.Null(Of(("sub", "")));
        Assert.Null(Of(("sub", "alice"), ("sub", "bob")));
    }

    private static ClaimsPrincipal? Of(params (string Name, string Value)[] claims) => CallerClaims.Of(
        new ClaimsPrincipal(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Name, claim.Value)), "test")));
}
