namespace McpGateway.JsonRpc;

/// <summary>
/// The member names that are read in one kind of object. It also finds names that only some parsers treat as one of them: equal
/// after case folding (<c>Name</c>, <c>paramſ</c>) or after dropping NUL (<c>name\u0000</c>).
/// </summary>
internal sealed class MemberNames
{
    private readonly (byte[] Utf8, string Text, Member Member)[] _names;

    private MemberNames(params (string Text, Member Member)[] names) =>
        _names = [.. names.Select(name => (System.Text.Encoding.ASCII.GetBytes(name.Text), name.Text, name.Member))];

    public static MemberNames Root { get; } = new(
        ("jsonrpc", Member.JsonRpc), ("id", Member.Id), ("method", Member.Method), ("params", Member.Params),
        ("result", Member.Result), ("error", Member.Error));

    public static MemberNames Params { get; } = new(
        ("name", Member.Guarded), ("arguments", Member.Guarded), ("_meta", Member.Meta),
        ("progressToken", Member.ProgressToken), ("requestId", Member.RequestId), ("taskId", Member.TaskId),
        ("task", Member.Task), ("uri", Member.Guarded), ("ref", Member.Guarded), ("level", Member.Guarded),
        ("cursor", Member.Guarded), ("protocolVersion", Member.Guarded), ("capabilities", Member.Guarded));

    public static MemberNames Meta { get; } = new(
        ("progressToken", Member.ProgressToken), ("io.modelcontextprotocol/related-task", Member.RelatedTask));

    public static MemberNames RelatedTask { get; } = new(("taskId", Member.TaskId));

    /// <summary>The reference of a completion (<c>params.ref</c>).</summary>
    public static MemberNames Reference { get; } = new(
        ("type", Member.Guarded), ("name", Member.Guarded), ("uri", Member.Guarded));

    /// <summary>A page of a list.</summary>
    public static MemberNames List { get; } = new(
        ("tools", Member.Guarded), ("prompts", Member.Guarded), ("resources", Member.Guarded),
        ("resourceTemplates", Member.Guarded), ("nextCursor", Member.Guarded));

    /// <summary>An item of such a list.</summary>
    public static MemberNames Item { get; } = new(
        ("name", Member.Guarded), ("uri", Member.Guarded), ("uriTemplate", Member.Guarded));

    /// <param name="name">The unescaped name, in ASCII.</param>
    /// <param name="member">The member, when the name matches exactly.</param>
    /// <returns>False for a name that only resembles a known one.</returns>
    public bool TryFind(ReadOnlySpan<byte> name, out Member member)
    {
        var resembles = false;
        foreach (var known in _names)
        {
            // In plain ASCII only the case can differ. A NUL or another letter needs an escape or more than ASCII, and such
            // names take the other overload.
            if (known.Utf8.Length != name.Length)
                continue;
            if (name.SequenceEqual(known.Utf8))
            {
                member = known.Member;
                return true;
            }

            // Not the answer yet: a name further down may be equal.
            resembles |= System.Text.Ascii.EqualsIgnoreCase(name, known.Utf8);
        }

        member = Member.Other;
        return !resembles;
    }

    /// <inheritdoc cref="TryFind(ReadOnlySpan{byte}, out Member)"/>
    public bool TryFind(string name, out Member member)
    {
        var folded = string.Concat(name.Where(letter => letter != '\0').Select(Fold));
        foreach (var known in _names)
        {
            if (!folded.Equals(known.Text, StringComparison.OrdinalIgnoreCase))
                continue;
            var isExact = name == known.Text;
            member = isExact ? known.Member : Member.Other;
            return isExact;
        }

        member = Member.Other;
        return true;
    }

    // The letters outside ASCII that a simple or Turkic case mapping maps to an ASCII letter (Unicode, CaseFolding.txt).
    private static char Fold(char letter) => letter switch
    {
        '\u017F' => 's',
        '\u212A' => 'k',
        '\u0130' or '\u0131' => 'i',
        _ => letter,
    };
}
