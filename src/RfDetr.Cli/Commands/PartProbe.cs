using System.Diagnostics;
using System.Text.Json;

namespace RfDetr.Cli.Commands;

/// <summary>Tries an execution provider, or libtorch, in a process of its own.</summary>
/// <remarks>
/// Drivers of accelerators print to the standard error stream past every log (a missing Vulkan, for example), and a broken one
/// may end its process. Neither belongs into a report that says whether the part can be used.
/// </remarks>
internal static class PartProbe
{
    /// <summary>The hidden option of <c>doctor</c> that makes it try one part only.</summary>
    public const string Option = "--try-part";

    // Loading a GPU's libraries for the first time takes tens of seconds; a driver that hangs takes forever.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static Finding Run(string part, string? library, CancellationToken cancellation)
    {
        using Process process = Start(part, library);
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> noise = process.StandardError.ReadToEndAsync(cancellation);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_patience);
        try
        {
            process.WaitForExitAsync(limit.Token).GetAwaiter().GetResult();
            _ = noise.GetAwaiter().GetResult();
            return Read(output.GetAwaiter().GetResult(), part)
                ?? Failed(part, $"a native library ended the process that tried it (exit code {process.ExitCode})");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failed(part, $"did not answer within {s_patience.TotalSeconds:0} seconds");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Finding Failed(string part, string text) => new(DoctorChecks.Name(part), Health.Limited, text);

    private static Process Start(string part, string? library)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is not known");
        string assembly = typeof(PartProbe).Assembly.Location;
        // A program published as one file is its own host; otherwise 'dotnet' or the program's host runs the assembly.
        bool byHost = Path.GetFileNameWithoutExtension(program) == "dotnet" && assembly.Length > 0;
        List<string> arguments = byHost ? [assembly] : [];
        arguments.AddRange(["doctor", Option, part, "--json", "-"]);
        if (library is not null)
            arguments.AddRange(["--onnxruntime", library]);
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"'{program}' could not be started");
    }

    private static Finding? Read(string json, string part)
    {
        try
        {
            using JsonDocument report = JsonDocument.Parse(json);
            JsonElement only = report.RootElement.GetProperty("findings").EnumerateArray().Single();
            var state = Enum.Parse<Health>(only.GetProperty("state").GetString()!, ignoreCase: true);
            return new(DoctorChecks.Name(part), state, only.GetProperty("text").GetString()!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
