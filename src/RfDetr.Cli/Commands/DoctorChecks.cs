using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using RfDetr.Checkpoints;
using RfDetr.Cli.Framework;
using RfDetr.Onnx;

namespace RfDetr.Cli.Commands;

/// <summary>The result of one check.</summary>
internal enum Health
{
    /// <summary>A fact, neither good nor bad.</summary>
    Fact,

    /// <summary>The part is there, was tried and works.</summary>
    Works,

    /// <summary>The part is not there or does not work; everything else runs without it.</summary>
    Limited,

    /// <summary>The part is needed and does not work.</summary>
    Missing,
}

/// <summary>One line of the doctor's report.</summary>
internal sealed record Finding(string Name, Health State, string Text);

/// <summary>The doctor's checks, each of which tries a part rather than asking whether it is there.</summary>
internal static class DoctorChecks
{
    private const string Cpu = "CPUExecutionProvider";

    public static IReadOnlyList<Finding> Run(string? onnxRuntime, CancellationToken cancellation) =>
    [
        new("rfdetr", Health.Fact, typeof(Detector).Assembly.GetName().Version?.ToString(3) ?? "unknown"),
        new(".NET", Health.Fact, $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}"),
        new("system", Health.Fact, RuntimeInformation.OSDescription),
        new(
            "processor", Health.Fact,
            $"{Environment.ProcessorCount} cores for this process; {string.Join(", ", ProcessorFeatures.Supported)}"),
        .. Images(),
        .. Runtime(onnxRuntime, cancellation),
        Cache(),
    ];

    private static IEnumerable<Finding> Images()
    {
        string version;
        try
        {
            version = Libvips.Path is { } path ? $"{Libvips.Version}, {path}" : Libvips.Version;
        }
        catch (Exception e) when (Failures.IsExpected(e) || e is InvalidOperationException)
        {
            return [new("libvips", Health.Missing, Failures.Describe(e))];
        }

        bool font = TextRaster.UsesSystemFont;
        return
        [
            new("libvips", Health.Works, version),
            new(
                "image formats", Health.Works,
                string.Join(", ", Libvips.ReadableFormats.Select(f => f.ToString().ToLowerInvariant()))),
            new(
                "fonts", font ? Health.Works : Health.Limited,
                font ? "labels in the system's font" : "no font found; labels in the built-in one (ASCII only)"),
        ];
    }

    private static IEnumerable<Finding> Runtime(string? path, CancellationToken cancellation)
    {
        IOnnxRuntime runtime;
        try
        {
            runtime = OnnxRuntimePackage.Load(path);
        }
        catch (Exception e) when (Failures.IsExpected(e))
        {
            return [new("ONNX Runtime", Health.Missing, Failures.Describe(e))];
        }

        return
        [
            new("ONNX Runtime", Health.Works, $"{runtime.Version}, {runtime.LibraryPath}"),
            .. runtime.AvailableProviders.Select(provider =>
                provider == Cpu ? Try(provider, path, cancellation) : ProviderProbe.Run(provider, path, cancellation)),
        ];
    }

    /// <summary>Loads the demonstration model on a provider and shows it a gray image.</summary>
    public static Finding Try(string provider, string? path, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        try
        {
            var engine = new Engine.OnnxRuntime { Providers = [new ExecutionProvider(provider)], LibraryPath = path };
            using var detector = Detector.Load("demo", null, engine);
            detector.Detect(new PixelFrame(new byte[64 * 64], 64, 64, 0, PixelFormat.Gray8), null, cancellation);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            string text =
                string.Create(CultureInfo.InvariantCulture, $"ran the demonstration model ({seconds:0.0} s with loading)");
            return new(Name(provider), Health.Works, text);
        }
        catch (Exception e) when (Failures.IsExpected(e) && e is not OperationCanceledException)
        {
            return new(Name(provider), provider == Cpu ? Health.Missing : Health.Limited, Failures.Describe(e));
        }
    }

    /// <summary>The line's name for a provider.</summary>
    public static string Name(string provider) =>
        $"provider {provider.Replace("ExecutionProvider", "", StringComparison.Ordinal)}";

    private static Finding Cache()
    {
        string folder = new DownloadOptions().ResolveFolder();
        string[] there = [.. HostedWeights.All.Select(f => f.FileName).Where(f => File.Exists(Path.Combine(folder, f)))];
        return new(
            "weights", Health.Fact,
            $"{folder}: {(there.Length == 0 ? "none downloaded yet (rfdetr download nano)" : string.Join(", ", there))}");
    }
}
