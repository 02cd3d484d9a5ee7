using System.Buffers;
using System.IO.Pipelines;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Framing;

/// <summary>The one writer of a child's stdin: writes the messages of the queue, one per line, in batches.</summary>
internal static class MessageWriter
{
    // Many small messages go out in one system call. A large one does not wait for more.
    private const int FlushBytes = 64 * 1024;

    /// <summary>Runs until the queue is closed or the child no longer reads.</summary>
    /// <exception cref="IOException">The child closed its stdin.</exception>
    public static async Task RunAsync(MessageQueue queue, Stream input)
    {
        // Left open, because the end of its input tells a child to exit. Only a stop may do that.
        var pipe = PipeWriter.Create(input, new StreamPipeWriterOptions(minimumBufferSize: FlushBytes / 4, leaveOpen: true));
        while (await queue.WaitToReadAsync())
        {
            // Lets the requests that the thread pool has queued run first, so that their messages go out in the same write.
            // Otherwise nearly every message would be written by itself, and would wake the child by itself.
            await Task.Yield();
            while (queue.TryDequeue(out var message))
            {
                using (message)
                {
                    message.WriteTo(pipe);
                    pipe.Write("\n"u8); // the only line break: JsonRpcMessage has replaced those inside
                }

                if (pipe.UnflushedBytes >= FlushBytes)
                    await pipe.FlushAsync();
            }

            await pipe.FlushAsync();
        }
    }
}
