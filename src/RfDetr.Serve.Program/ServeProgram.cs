using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using RfDetr.Cli.Framework;

namespace RfDetr.Serve;

/// <summary>The program <c>rfdetr-serve</c> as a function: arguments and streams in, exit code out.</summary>
internal static class ServeProgram
{
    /// <summary>Serves until it is told to stop.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Receives the line <c>listening on …</c> and one line of JSON for each request.</param>
    /// <param name="error">Receives errors and notes.</param>
    /// <param name="stop">Drains and ends the server.</param>
    /// <returns>0 stopped as it was told; 1 it could not start; 2 wrong use.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        // Where a shell hands all its arguments over, the verb comes along.
        args = args is ["serve", .. string[] rest] ? rest : args;
        var arguments = new ServeArguments();
        var serve = new Command("serve", "Serve models over HTTP: detections for the clients that you already have.");
        foreach (Option option in arguments.All)
            serve.Add(option);
        serve.Add(new HelpOption());
        serve.Add(new VersionOption());
        ParseResult parsed = new Command("rfdetr") { serve }.Parse(["serve", .. args]);
        if (parsed.Action is { } builtIn and not ParseErrorAction)
        {
            var configuration = new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(configuration, CancellationToken.None).ConfigureAwait(false);
        }

        if (parsed.Errors.Count > 0)
            return Wrong(parsed, error);
        try
        {
            return await RunAsync(arguments, parsed, TextWriter.Synchronized(output), error, stop).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The last line of a program: whatever went wrong becomes one sentence and an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Failures.Print(e, error, parsed.GetValue(arguments.Verbose));
        }
    }

    private static async Task<int> RunAsync(
        ServeArguments arguments, ParseResult parsed, TextWriter output, TextWriter error, CancellationToken stop)
    {
        if (parsed.GetValue(arguments.MakeKey) is { } keyName)
        {
            (string key, string line) = KeyFile.Make(keyName);
            await output.WriteLineAsync(line).ConfigureAwait(false);
            await error.WriteLineAsync($"The key, which is shown this once: {key}").ConfigureAwait(false);
            return ExitCodes.Done;
        }

        if (parsed.GetValue(arguments.Check) is { } address)
            return await CheckAsync(address, error, stop).ConfigureAwait(false);
        ServeOptions options = arguments.Options(parsed, output);
        if (parsed.GetValue(arguments.Tune))
            return Tune(options, output, stop);
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(stop);
        RfDetrServer server;
        try
        {
            server = await RfDetrServer.StartAsync(options, interrupted.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Done;
        }

        await using (server.ConfigureAwait(false))
        {
            if (options.Insecure && options.KeyFile is null)
                await error.WriteLineAsync("warning: no keys: everybody who reaches this server may use it")
                    .ConfigureAwait(false);
            if (server.GrpcAddress is { } grpc)
                await output.WriteLineAsync($"gRPC on {grpc.ToString().TrimEnd('/')}").ConfigureAwait(false);
            await output.WriteLineAsync($"listening on {server.Address.ToString().TrimEnd('/')}").ConfigureAwait(false);
            await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            await UntilAsync(stop).ConfigureAwait(false);
            await server.StopAsync().ConfigureAwait(false);
            return ExitCodes.Done;
        }
    }

    private static int Tune(ServeOptions options, TextWriter output, CancellationToken stop)
    {
        string model = options.Models.Count > 0 ? options.Models[0].Model : BuiltInModels.Default;
        output.WriteLine(Invariant.Text(
            $"measuring '{model}' for about {ServeTuning.Duration.TotalSeconds:0} s: leave the machine alone"));
        output.WriteLine("time for an image, all instances at work (median of the rounds; least to most):");
        var progress = new Lines(line => output.WriteLine(Compared(line) + (line.IsBetter ? ", clearly quicker" : "")));
        TuningReport report = ServeTuning.Run(model, options, progress, stop);
        if (report.Gain is not { } gain)
        {
            output.WriteLine(Invariant.Text(
                $"nothing is clearly quicker than the default ({report.First}): {report.ImagesPerSecond:0.0} images/s"));
            return ExitCodes.Done;
        }

        output.WriteLine(Compared(gain) + ", the default");
        output.WriteLine(Invariant.Text($"the quickest: {report.Best}: {report.ImagesPerSecond:0.0} images/s"));
        // More instances serve more requests at a time and each of them later.
        output.WriteLine(Invariant.Text(
            $"an image that comes alone takes {report.Alone!.Ratio:0.00} ({report.Alone.Least:0.00} to {report.Alone.Most:0.00}) "
            + $"times as long as with the default"));
        return ExitCodes.Done;
    }

    private static string Compared(TunedSetting line) => Invariant.Text(
        $"{line.Setting}: {line.Ratio:0.00} ({line.Least:0.00} to {line.Most:0.00}) times that of {line.Against}");

    private sealed class Lines(Action<TunedSetting> write) : IProgress<TunedSetting>
    {
        public void Report(TunedSetting value) => write(value);
    }

    // The program is its own health check: a container without a shell has nothing else.
    private static async Task<int> CheckAsync(Uri address, TextWriter error, CancellationToken stop)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        Uri health = new(address, "/healthz");
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(health, stop).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode)
                return ExitCodes.Done;
            await error.WriteLineAsync($"error: {health} answered {(int)answer.StatusCode}").ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            await error.WriteLineAsync($"error: {health} does not answer: {Failures.Describe(e)}").ConfigureAwait(false);
        }

        return ExitCodes.Failed;
    }

    private static async Task UntilAsync(CancellationToken stop)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = stop.Register(told.SetResult);
        await told.Task.ConfigureAwait(false);
    }

    private static int Wrong(ParseResult parsed, TextWriter error)
    {
        var visible = new VisibleWriter(error);
        string[] known = [.. parsed.CommandResult.Command.Options.Select(o => o.Name)];
        string[] unknown = [.. parsed.UnmatchedTokens.Where(t => t.StartsWith("--", StringComparison.Ordinal))];
        foreach (string token in unknown)
        {
            string name = token.Split('=')[0];
            string near = NearestNames.Find(name, known) is { Length: > 0 } names
                ? $"; did you mean {string.Join(" or ", names)}?" : "";
            visible.WriteLine($"error: unknown option '{name}'{near}");
        }

        if (unknown.Length == 0)
        {
            foreach (string message in parsed.Errors.Select(e => e.Message).Distinct())
                visible.WriteLine($"error: {message}");
        }

        visible.WriteLine("see: rfdetr serve --help");
        return ExitCodes.WrongUse;
    }
}
