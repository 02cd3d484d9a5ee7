using McpGateway.TestServer;

if (!Flags.TryParse(args, out var flags, out var problem))
{
    await Console.Error.WriteLineAsync(problem);
    return ExitCodes.Usage;
}

using var start = await StartUp.PerformAsync(flags);
if (flags.ExitAtStart is { } code) return code;
if (flags.Fast) return FastServer.Run(flags);

using var server = new Server(flags, args, start.GrandchildId);
return await server.RunAsync();
