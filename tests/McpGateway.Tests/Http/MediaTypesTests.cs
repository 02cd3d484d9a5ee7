using McpGateway.Backends.Remote;
using McpGateway.Http;
using Microsoft.Extensions.Primitives;

namespace McpGateway.Tests.Http;

public sealed class MediaTypesTests
{
    [Theory]
    [InlineData("*/*", true, true)]
    [InlineData("application/json, text/event-stream", true, true)]
    [InlineData("text/event-stream,application/json;q=0.1", true, true)]
    [InlineData("application/json", true, false)]
    [InlineData("APPLICATION/JSON; charset=utf-8", true, false)]
    [InlineData("application/*", true, false)]
    [InlineData("text/*;q=0.5", false, true)]
    [InlineData("text/html, */*;q=0.1", true, true)]
    [InlineData("text/html", false, false)]
    [InlineData("application/jsonx", false, false)]
    [InlineData("application/json;q=0", false, false)]
    [InlineData("application/json;q=0.0, text/event-stream;q=0", false, false)]
    [InlineData("*/*;q=0", false, false)]
    [InlineData("*/*, text/event-stream;q=0", true, false)]
    [InlineData("text/event-stream;q=0, */*", true, false)]
    [InlineData("text/*;q=0, text/event-stream", false, true)]
    [InlineData("not a type", false, false)]
    public void Accepts_Header(string accept, bool json, bool events)
    {
        Assert.Equal(json, MediaTypes.Accepts(accept, MediaTypes.Json));
        Assert.Equal(events, MediaTypes.Accepts(accept, MediaTypes.EventStream));
    }

    [Fact]
    public void Accepts_SeveralHeaders_AreOneList()
    {
        var accept = new StringValues(["application/json", "text/event-stream"]);
        Assert.True(MediaTypes.Accepts(accept, MediaTypes.Json));
        Assert.True(MediaTypes.Accepts(accept, MediaTypes.EventStream));
    }

    [Fact]
    public void Accepts_NoHeader_IsEverything() => Assert.True(MediaTypes.Accepts(StringValues.Empty, MediaTypes.EventStream));

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("Application/JSON", true)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("application/json;charset=\"UTF-8\"", true)]
    [InlineData("application/json; profile=x", true)]
    [InlineData("application/json; charset=utf-16", false)]
    [InlineData("application/json; charset=iso-8859-1", false)]
    [InlineData("application/jsonx", false)]
    [InlineData("application/vnd.api+json", false)]
    [InlineData("text/plain", false)]
    [InlineData("application/x-www-form-urlencoded", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void IsJson_ContentType(string? type, bool expected) => Assert.Equal(expected, MediaTypes.IsJson(type));
}
