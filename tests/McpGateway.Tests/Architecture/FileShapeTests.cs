namespace McpGateway.Tests.Architecture;

public sealed class FileShapeTests
{
    [Theory]
    [InlineData("Sessions/Store.cs", "internal class Store; internal record Entry;", "Entry belongs in a file of its own")]
    [InlineData("Sessions/Store.cs", "internal class Store; internal delegate void Change();",
        "Change belongs in a file of its own")]
    [InlineData("Sessions/Shop.cs", "internal class Store;", "the file must be Store.cs")]
    [InlineData("Sessions/Store.Life.cs", "internal partial class Store;", "the file must be Store.cs")]
    [InlineData("Sessions/Store.cs", "public class Store;", "Store must be internal")]
    [InlineData("Sessions/Store.cs", "public enum Store { None }", "Store must be internal")]
    [InlineData("Gateway.cs", "public static class Gateway;", "Gateway must be internal")]
    public void File_OutOfShape_IsCaught(string path, string types, string complaint) =>
        Assert.Equal([$"{path}(1): {complaint}"], Check(path, $"namespace McpGateway.Sessions; {types}"));

    [Theory]
    [InlineData("Sessions/Store.cs", "internal sealed class Store { public class Entry; }")]
    [InlineData("Sessions/Store.cs", "class Store<T>;")]
    [InlineData("Sessions/Store.Log.cs", "internal partial class Store;")]
    [InlineData("Configuration/Isolation.cs", "public enum Isolation { Session, Shared }")]
    [InlineData("Sessions/Usings.cs", "")]
    public void File_InShape_IsAllowed(string path, string types) =>
        Assert.Empty(Check(path, $"namespace McpGateway.Sessions; {types}"));

    [Theory]
    [InlineData(130, false)]
    [InlineData(131, true)]
    public void Line_TooLong_IsCaught(int length, bool isCaught)
    {
        var comment = "//" + new string('ä', length - 2);
        Assert.Equal(
            isCaught ? [$"Sessions/Store.cs(2): the line has {length} characters"] : [],
            Check("Sessions/Store.cs", $"namespace McpGateway.Sessions;\r\n{comment}\r\nclass Store;"));
    }

    private static IReadOnlyList<string> Check(string path, string text) => FileShape.Check([new SourceFile(path, text)]);
}
