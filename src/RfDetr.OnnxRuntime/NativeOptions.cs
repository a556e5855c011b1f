using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using RfDetr.Onnx;

namespace RfDetr.OnnxRuntime;

/// <summary>Turns <see cref="OnnxSessionOptions"/> into the package's object.</summary>
internal static class NativeOptions
{
    public static SessionOptions Create(OnnxRuntimeLibrary runtime, OnnxSessionOptions options)
    {
        options.Validate();
        SessionOptions native = OrtFailures.Guard("create session options", static () => new SessionOptions());
        try
        {
            Fill(native, options);
            foreach (ExecutionProvider provider in options.Providers)
                Append(native, provider, runtime);
            return native;
        }
        catch
        {
            native.Dispose();
            throw;
        }
    }

    private static void Fill(SessionOptions native, OnnxSessionOptions options)
    {
        OrtFailures.Guard("set the session options", () =>
        {
            native.IntraOpNumThreads = options.IntraOpThreads == 0 ? ProcessorCores.Physical : options.IntraOpThreads;
            native.InterOpNumThreads = options.InterOpThreads;
            native.ExecutionMode = options.InterOpThreads > 1 ? ExecutionMode.ORT_PARALLEL : ExecutionMode.ORT_SEQUENTIAL;
            native.GraphOptimizationLevel = (GraphOptimizationLevel)options.Optimization;
            native.LogSeverityLevel = (OrtLoggingLevel)options.LogSeverity;
            native.EnableCpuMemArena = options.UseArena;
            if (options.ProfilePrefix is not null)
            {
                // Switching it on reads the prefix.
                native.ProfileOutputPathPrefix = options.ProfilePrefix;
                native.EnableProfiling = true;
            }

            if (options.OptimizedModelPath is not null)
                native.OptimizedModelFilePath = options.OptimizedModelPath;
        });
        foreach ((string name, long size) in options.FreeDimensions)
            OrtFailures.Guard($"fix dimension '{name}'", () => native.AddFreeDimensionOverrideByName(name, size));
        string spin = options.AllowSpinning ? "1" : "0";
        Set("session.intra_op.allow_spinning", spin);
        Set("session.inter_op.allow_spinning", spin);
        foreach ((string key, string value) in options.ConfigEntries)
            Set(key, value);

        void Set(string key, string value) =>
            OrtFailures.Guard($"set '{key}' to '{value}'", () => native.AddSessionConfigEntry(key, value));
    }

    private static void Append(SessionOptions native, ExecutionProvider provider, OnnxRuntimeLibrary runtime)
    {
        ProviderEntry entry = ProviderTable.Find(provider.Name, runtime.AvailableProviders);
        Dictionary<string, string> settings = new(provider.Options, StringComparer.Ordinal);
        string doing = $"use execution provider '{provider.Name}' of {runtime.LibraryPath} " +
            "(are the libraries it needs installed, in versions that fit?)";
        switch (entry)
        {
            case { FullName: ProviderTable.Cpu }:
                break; // always there, always last
            case { FullName: ProviderTable.Cuda }:
                OrtFailures.Guard(doing, () =>
                {
                    using var cuda = new OrtCUDAProviderOptions();
                    if (settings.Count > 0)
                        cuda.UpdateOptions(settings);
                    native.AppendExecutionProvider_CUDA(cuda);
                });
                break;
            case { FullName: ProviderTable.TensorRT }:
                OrtFailures.Guard(doing, () =>
                {
                    using var tensorRT = new OrtTensorRTProviderOptions();
                    if (settings.Count > 0)
                        tensorRT.UpdateOptions(settings);
                    native.AppendExecutionProvider_Tensorrt(tensorRT);
                });
                break;
            case { ByNumber: { } append }:
                int number = Number(provider, entry.NumberOption!);
                OrtFailures.Guard(doing, () => append(native, number));
                break;
            default:
                OrtFailures.Guard(doing, () => native.AppendExecutionProvider(entry.AppendName, settings));
                break;
        }

        // DirectML refuses to run with pre-planned memory.
        if (entry.FullName == ProviderTable.DirectML)
            native.EnableMemoryPattern = false;
    }

    // The only setting of providers that are appended by a function with one number.
    private static int Number(ExecutionProvider provider, string option)
    {
        if (provider.Options.Keys.FirstOrDefault(key => key != option) is { } unknown)
        {
            throw new ArgumentException(
                $"execution provider '{provider.Name}' has no option '{unknown}' here; it has '{option}'", nameof(provider));
        }

        int number = 0;
        if (provider.Options.TryGetValue(option, out string? value) &&
            !int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out number))
        {
            throw new ArgumentException(
                $"option '{option}' of execution provider '{provider.Name}' is '{value}', expected a whole number",
                nameof(provider));
        }

        return number;
    }
}
