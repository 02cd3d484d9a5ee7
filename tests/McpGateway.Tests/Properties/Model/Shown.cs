using System.Text;

namespace McpGateway.Tests.Properties.Model;

/// <summary>Bytes as a person can read them, and copy them into a test.</summary>
internal static class Shown
{
    public static string Of(byte[] bytes) => string.Concat(bytes.Select(value => value switch
    {
        (byte)'\n' => "\\n",
        (byte)'\r' => "\\r",
        (byte)'\t' => "\\t",
        >= 0x20 and < 0x7F => ((char)value).ToString(),
        _ => $"\\x{value:X2}",
    }));
}
