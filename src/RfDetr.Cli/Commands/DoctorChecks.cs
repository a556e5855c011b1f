using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using RfDetr.Checkpoints;
using RfDetr.Cli.Framework;
using RfDetr.Onnx;
using RfDetr.Torch;
using RfDetr.Video;

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
    private const string Libtorch = "libtorch";

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
        PartProbe.Run(Libtorch, null, cancellation),
        Video(),
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
                provider == Cpu ? Try(provider, path, cancellation) : PartProbe.Run(provider, path, cancellation)),
        ];
    }

    /// <summary>Tries one part in this process.</summary>
    /// <param name="part">libtorch, or the name of an execution provider.</param>
    /// <param name="onnxRuntime">Another ONNX Runtime.</param>
    /// <param name="cancellation">Gives up.</param>
    public static Finding TryPart(string part, string? onnxRuntime, CancellationToken cancellation) =>
        part == Libtorch ? Torch() : Try(part, onnxRuntime, cancellation);

    // A product computed there proves more than a version that it tells.
    private static Finding Torch()
    {
        const string use = "for training and --engine libtorch only";
        if (!TorchRuntime.IsAvailable(out string reason))
            return new(Libtorch, Health.Limited, $"not usable ({use}): {reason}");
        try
        {
            using TorchTensor left = TorchTensor.From([1f, 2f], [1, 2]), right = TorchTensor.From([3f, 4f], [2, 1]);
            using TorchTensor product = left.MatMul(right);
            float value = product.ToArray<float>()[0];
            string kernels = TorchRuntime.BlasKernels is { } name ? $"OpenBLAS kernels {name}, " : "";
            int gpus = TorchRuntime.DeviceCount(DeviceKind.Cuda);
            return value == 11
                ? new(Libtorch, Health.Works, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{TorchRuntime.Version}, {kernels}{TorchRuntime.Threads} threads, CUDA devices: {gpus} ({use})"))
                : new(Libtorch, Health.Limited, $"computes wrongly: {value} where 11 is right");
        }
        catch (Exception e) when (Failures.IsExpected(e))
        {
            return new(Libtorch, Health.Limited, Failures.Describe(e));
        }
    }

    private static Finding Video()
    {
        const string name = "ffmpeg";
        try
        {
            FfmpegTools tools = FfmpegTools.Find();
            return VideoWriter.H264Encoder(tools) is { } encoder
                ? new(name, Health.Works, $"{Number(tools)}, {tools.Ffmpeg}; writes H.264 with {encoder}")
                : new(
                    name, Health.Limited,
                    $"{Number(tools)}, {tools.Ffmpeg}; reads videos, but has no encoder of H.264: install a full build to write "
                        + ".mp4, .mov and .mkv");
        }
        catch (Exception e) when (Failures.IsExpected(e))
        {
            return new(name, Health.Limited, $"for videos only: {Failures.Describe(e)}");
        }

        static string Number(FfmpegTools tools) =>
            tools.Banner.Split(' ') is [_, _, var version, ..] ? version : "unknown version";
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

    /// <summary>The line's name for a provider or libtorch.</summary>
    public static string Name(string part) =>
        part == Libtorch ? part : $"provider {part.Replace("ExecutionProvider", "", StringComparison.Ordinal)}";

    private static Finding Cache()
    {
        string folder = new DownloadOptions().ResolveFolder();
        string[] there = [.. HostedWeights.All.Select(f => f.FileName).Where(f => File.Exists(Path.Combine(folder, f)))];
        return new(
            "weights", Health.Fact,
            $"{folder}: {(there.Length == 0 ? "none downloaded yet (rfdetr download nano)" : string.Join(", ", there))}");
    }
}
