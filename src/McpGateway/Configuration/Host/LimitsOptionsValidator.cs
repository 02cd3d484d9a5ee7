using Microsoft.Extensions.Options;

namespace McpGateway.Configuration.Host;

[OptionsValidator]
internal sealed partial class LimitsOptionsValidator : IValidateOptions<LimitsOptions>;
