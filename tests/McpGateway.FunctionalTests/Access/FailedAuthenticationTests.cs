using System.Security.Cryptography;
using System.Text;
using McpGateway.FunctionalTests.Hosting;

namespace McpGateway.FunctionalTests.Access;

public sealed class FailedAuthenticationTests
{
    private const string Key = "mgw_0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Guesses_TooMany_AreHeldUp_AndAValidKeyNever()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(settings: new()
        {
            ["Access:ApiKeys:0:Name"] = "ci",
            ["Access:ApiKeys:0:Sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key))),
            ["Access:RateLimit:FailedAuthenticationsPerMinute"] = "1",
        });

        Assert.Equal(401, await StatusAsync(gateway, null)); // without a credential nothing is tried
        var guesses = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => StatusAsync(gateway, $"Bearer mgw_guess{i}")));
        Assert.InRange(guesses.Count(status => status == 401), 1, 2); // a minute may pass meanwhile
        Assert.InRange(guesses.Count(status => status == 429), 48, 49);
        Assert.Equal(200, await StatusAsync(gateway, $"Bearer {Key}"));
        Assert.Equal(401, await StatusAsync(gateway, null));
    }

    [Fact]
    public async Task Guess_TooMany_IsToldWhenToTryAgain()
    {
        await using var gateway = await TestGateway.StartWithTestServerAsync(settings: new()
        {
            ["Access:Anonymous"] = "false",
            ["Access:ApiKeys:0:Name"] = "ci", ["Access:ApiKeys:0:Sha256"] = new string('0', 64),
            ["Access:RateLimit:FailedAuthenticationsPerMinute"] = "1",
        });
        await Eventually.TrueAsync(async () =>
        {
            using var refused = await SendAsync(gateway, "Bearer mgw_guess");
            if (refused.Status == 401)
                return false;
            Assert.Equal((429, -32003), (refused.Status, (await refused.JsonAsync()).Code()));
            Assert.NotNull(refused.Header("Retry-After"));
            return true;
        }, "the second guess is held up", TestHttp.Timeout);
    }

    private static async Task<int> StatusAsync(TestGateway gateway, string? authorization)
    {
        using var answer = await SendAsync(gateway, authorization);
        return answer.Status;
    }

    private static Task<Answer> SendAsync(TestGateway gateway, string? authorization) => TestHttp.SendAsync(
        HttpMethod.Post, new Uri(gateway.BaseAddress, "test/message"), TestHttp.Json(Rpc.Request("1", "ping")),
        authorization is null ? [] : [("Authorization", authorization)]);
}
