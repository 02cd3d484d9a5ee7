using System.Buffers;
using System.IO.Pipelines;
using McpGateway.Sessions.Queues;

namespace McpGateway.Backends.Stdio.Framing;

/// <summary>The one writer of a child's stdin: takes messages off the queue and writes them a line each, in batches.</summary>
internal static class MessageWriter
{
    // One write call takes many small messages; a large one is not held back to wait for more.
    private const int FlushBytes = 64 * 1024;

    /// <summary>Runs until the queue is closed or the child no longer reads.</summary>
    /// <exception cref="IOException">The child closed its stdin.</exception>
    public static async Task RunAsync(MessageQueue queue, Stream input)
    {
        var pipe = PipeWriter.Create(input, new StreamPipeWriterOptions(minimumBufferSize: FlushBytes / 4, leaveOpen: true));
        while (await queue.WaitToReadAsync())
        {
            // To the end of the pool's work: what the requests before it have to say goes out in the same write. Ahead of
            // them it would write nearly each message by itself, and wake the child as often.
            await Task.Yield();
            while (queue.TryDequeue(out var message))
            {
                using (message)
                {
                    message.WriteTo(pipe);
                    pipe.Write("\n"u8);
                }

                if (pipe.UnflushedBytes >= FlushBytes)
                    await pipe.FlushAsync();
            }

            await pipe.FlushAsync();
        }
    }
}
