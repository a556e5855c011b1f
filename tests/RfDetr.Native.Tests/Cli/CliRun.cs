using System.Text.Json;
using RfDetr.Cli;

namespace RfDetr.Tests.Cli;

/// <summary>One run of the command line within the test's process.</summary>
internal sealed record CliRun(int Code, string Out, string Error)
{
    /// <summary>Standard output as one JSON document and nothing else.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    public static Task<CliRun> Of(params string[] args) => Of(Stream.Null, args);

    public static async Task<CliRun> Of(Stream input, string[] args, CancellationToken cancellation = default)
    {
        using StringWriter output = new(), error = new();
        int code = await CliApp.RunAsync(args, output, error, input, cancellation);
        return new(code, output.ToString(), error.ToString());
    }
}
