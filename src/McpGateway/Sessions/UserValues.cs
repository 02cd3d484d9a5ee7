using System.Text;
using McpGateway.Configuration;
using McpGateway.Policies;

namespace McpGateway.Sessions;

/// <summary>Fills in what a server wants of each of its users (<see cref="UserText"/>).</summary>
internal static class UserValues
{
    /// <summary>The user's part of a child's environment.</summary>
    /// <returns>Null when all that the server needs is there.</returns>
    public static Refusal? TryRead(IClientRequest request, StdioTarget target, out UserEnvironment? environment)
    {
        environment = null;
        return target.IsPersonal && UserEnvironment.TryFill(target, request.ValueOf, out environment) is { } problem
            ? Refusal.MissingUserValue(problem)
            : null;
    }

    /// <summary>The headers of a request to a remote server.</summary>
    /// <returns>Null when all that the server needs is there.</returns>
    public static Refusal? TryRead(IClientRequest request, RemoteTarget target, out Dictionary<string, string> headers)
    {
        headers = new(target.Headers, StringComparer.OrdinalIgnoreCase);
        var problem = UserText.TryFill(target.Headers, request.ValueOf, out var filled, out _);
        foreach (var (name, value) in filled)
        {
            // HttpClient would throw on it while it writes the request, too late to tell the client what is wrong.
            if (!Ascii.IsValid(value))
                problem ??= $"This server needs a value of its user for the header {name}, and it holds more than ASCII.";
            headers[name] = value;
        }

        return problem is null ? null : Refusal.MissingUserValue(problem);
    }
}
