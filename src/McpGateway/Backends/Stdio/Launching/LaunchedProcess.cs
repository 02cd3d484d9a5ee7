using System.Diagnostics;
using System.Runtime.InteropServices;

namespace McpGateway.Backends.Stdio.Launching;

/// <summary>A child started through <see cref="Process"/>.</summary>
internal sealed partial class LaunchedProcess : IChildProcess
{
    private const int SignalTerminate = 15;
    private const int SignalBase = 128;
    private const int LastSignal = 64;

    private readonly Process _process;
    private readonly TimeProvider _time;

    public LaunchedProcess(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
        Id = process.Id;
        Exited = WaitForExitAsync();
    }

    public int Id { get; }

    // The base streams are asynchronous pipes; the readers and writers around them would decode the bytes.
    public Stream StandardInput => _process.StandardInput.BaseStream;

    public Stream StandardOutput => _process.StandardOutput.BaseStream;

    public Stream StandardError => _process.StandardError.BaseStream;

    public Task<ChildExit> Exited { get; }

    public long? ReadMemory() => null; // the framework knows of this process alone, and not of what it has started

    public async Task StopAsync(StopTimes times)
    {
        CloseInput();
        if (await ExitedWithinAsync(times.AfterEndOfInput))
            return;
        Terminate();
        if (await ExitedWithinAsync(times.AfterTerminate))
            return;
        _process.Kill(entireProcessTree: true);
        await Exited;
    }

    public void Dispose()
    {
        // The framework leaves pipes that were read directly to their reader.
        StandardOutput.Dispose();
        StandardError.Dispose();
        _process.Dispose();
    }

    private void CloseInput()
    {
        try
        {
            StandardInput.Dispose();
        }
        catch (IOException)
        {
            // The child closed its end first: there is nothing left to tell it.
        }
    }

    private void Terminate()
    {
        // No signal like it exists on Windows, where the kill follows.
        if (!OperatingSystem.IsWindows() && !_process.HasExited)
            _ = SendSignal(Id, SignalTerminate);
    }

    private async Task<bool> ExitedWithinAsync(TimeSpan limit)
    {
        try
        {
            await Exited.WaitAsync(limit, _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<ChildExit> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        var code = _process.ExitCode;
        // The runtime reports a signal the way a shell does; a program that exits with such a code by itself is rare.
        return code is > SignalBase and <= SignalBase + LastSignal && !OperatingSystem.IsWindows()
            ? new ChildExit(null, code - SignalBase)
            : new ChildExit(code, null);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
