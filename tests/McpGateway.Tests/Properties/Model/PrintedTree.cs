namespace McpGateway.Tests.Properties.Model;

/// <summary>A document in one of its ways to be written, see <see cref="JsonPrinter"/>.</summary>
internal sealed record PrintedTree(JsonTree Tree, int Style)
{
    public byte[] Utf8 => JsonPrinter.Print(Tree, Style);

    public override string ToString() => $"{Tree}{Environment.NewLine}in style {Style}: {Shown.Of(Utf8)}";
}

/// <summary>A proper message, and what is to be read out of it.</summary>
internal sealed record Message(JsonTree.Members Root, Facts Facts, int Style)
{
    public byte[] Utf8 => Printed.Utf8;

    public PrintedTree Printed => new(Root, Style);

    public override string ToString() => $"{Facts}{Environment.NewLine}{Printed}";
}
