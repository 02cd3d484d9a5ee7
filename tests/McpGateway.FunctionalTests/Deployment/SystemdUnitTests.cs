using McpGateway.FunctionalTests.Hosting;
using McpGateway.FunctionalTests.Interop;

namespace McpGateway.FunctionalTests.Deployment;

public sealed class SystemdUnitTests
{
    [Fact]
    public async Task Unit_WithTheProgramInPlace_IsValid()
    {
        var program = InteropParts.NeedProgram("install systemd", "systemd-analyze");
        var folder = Directory.CreateTempSubdirectory("mcpgateway-unit-");
        try
        {
            var unit = Path.Combine(folder.FullName, "mcpgateway.service");
            var text = DeployFiles.Read("systemd/mcpgateway.service", ("/opt/mcpgateway/", AppContext.BaseDirectory));
            await File.WriteAllTextAsync(unit, text, TestHttp.Token);
            var verified = await Tool.RunAsync(program, ["verify", "--man=no", unit]);
            Assert.Equal((0, ""), (verified.ExitCode, verified.Errors));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
