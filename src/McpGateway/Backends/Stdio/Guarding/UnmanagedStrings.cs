using System.Runtime.InteropServices;

namespace McpGateway.Backends.Stdio.Guarding;

/// <summary>An array of C strings with a null at its end, as argv and environ are.</summary>
internal sealed unsafe class UnmanagedStrings : IDisposable
{
    private readonly byte** _array;
    private readonly int _count;

    public UnmanagedStrings(IReadOnlyCollection<string> strings)
    {
        // Zeroed, with one element more: execve(2) finds the end by a null pointer.
        _array = (byte**)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(byte*));
        foreach (var text in strings)
            _array[_count++] = (byte*)Marshal.StringToCoTaskMemUTF8(text);
    }

    public byte** Pointer => _array;

    public void Dispose()
    {
        for (var i = 0; i < _count; i++)
            Marshal.FreeCoTaskMem((nint)_array[i]);
        NativeMemory.Free(_array);
    }
}
