using System.Globalization;

namespace RfDetr.Onnx;

/// <summary>Adds execution providers to native session options, by whichever of the three routes the provider takes.</summary>
internal static unsafe class ProviderAppender
{
    public static void Append(OnnxRuntime runtime, nint options, ExecutionProvider provider)
    {
        OrtApi api = runtime.Api;
        ProviderEntry entry = ProviderTable.Find(provider.Name, runtime.AvailableProviders);
        using var text = new NativeText();
        nint[] keys = text.Utf8(provider.Options.Keys);
        nint[] values = text.Utf8(provider.Options.Values);
        string doing = $"use execution provider '{provider.Name}' of {runtime.LibraryPath} (are the libraries it needs installed, in versions that fit?)";
        fixed (nint* keysAt = keys, valuesAt = values)
        {
            switch (entry.FullName)
            {
                case ProviderTable.Cpu:
                    break; // always there, always last
                case ProviderTable.Cuda:
                    AppendCuda(api, options, keysAt, valuesAt, keys.Length, doing);
                    break;
                case ProviderTable.TensorRT:
                    AppendTensorRT(api, options, keysAt, valuesAt, keys.Length, doing);
                    break;
                default:
                    nint status = api.AppendProvider(options, (byte*)text.Utf8(entry.AppendName), keysAt, valuesAt, (nuint)keys.Length);
                    if (status != 0)
                        AppendByExport(runtime, options, provider, entry, status, doing);
                    break;
            }
        }

        // DirectML refuses to run with pre-planned memory.
        if (entry.FullName == ProviderTable.DirectML)
            api.Check(api.DisableMemPattern(options), "switch memory patterns off for DirectML");
    }

    private static void AppendCuda(OrtApi api, nint options, nint* keys, nint* values, int count, string doing)
    {
        nint cuda;
        api.Check(api.CreateCudaProviderOptions(&cuda), doing);
        using var owner = new OrtHandle(cuda, api.ReleaseCudaProviderOptions);
        if (count > 0)
            api.Check(api.UpdateCudaProviderOptions(cuda, keys, values, (nuint)count), doing);
        api.Check(api.AppendCuda(options, cuda), doing);
    }

    private static void AppendTensorRT(OrtApi api, nint options, nint* keys, nint* values, int count, string doing)
    {
        nint tensorRT;
        api.Check(api.CreateTensorRTProviderOptions(&tensorRT), doing);
        using var owner = new OrtHandle(tensorRT, api.ReleaseTensorRTProviderOptions);
        if (count > 0)
            api.Check(api.UpdateTensorRTProviderOptions(tensorRT, keys, values, (nuint)count), doing);
        api.Check(api.AppendTensorRT(options, tensorRT), doing);
    }

    private static void AppendByExport(
        OnnxRuntime runtime, nint options, ExecutionProvider provider, ProviderEntry entry, nint status, string doing)
    {
        OnnxRuntimeException generic = runtime.Api.ToException(status, doing);
        nint export = entry.Export is null ? 0 : runtime.FindExport(entry.Export);
        // The exported functions take one number and nothing else: with other options the generic refusal stands.
        if (export == 0 || provider.Options.Keys.Any(key => key != entry.ExportOption))
            throw generic;
        int number = 0;
        if (provider.Options.TryGetValue(entry.ExportOption!, out string? value) &&
            !int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out number))
        {
            throw new ArgumentException($"option '{entry.ExportOption}' of execution provider '{provider.Name}' is '{value}', expected a whole number");
        }

        runtime.Api.Check(((delegate* unmanaged<nint, int, nint>)export)(options, number), doing);
    }
}
