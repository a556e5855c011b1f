namespace RfDetr.Onnx;

/// <summary>Turns <see cref="SessionOptions"/> into ONNX Runtime's object.</summary>
internal static unsafe class NativeSessionOptions
{
    public static OrtHandle Create(OnnxRuntime runtime, SessionOptions options)
    {
        options.Validate();
        OrtApi api = runtime.Api;
        nint native;
        api.Check(api.CreateSessionOptions(&native), "create session options");
        var handle = new OrtHandle(native, api.ReleaseSessionOptions);
        try
        {
            Fill(runtime, native, options);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void Fill(OnnxRuntime runtime, nint native, SessionOptions options)
    {
        OrtApi api = runtime.Api;
        using var text = new NativeText();
        int threads = options.IntraOpThreads == 0 ? ThreadCount.Default : options.IntraOpThreads;
        api.Check(api.SetIntraOpNumThreads(native, threads), "set the thread count");
        api.Check(api.SetInterOpNumThreads(native, options.InterOpThreads), "set the operator thread count");
        api.Check(api.SetSessionExecutionMode(native, options.InterOpThreads > 1 ? 1 : 0), "set the execution mode");
        api.Check(api.SetSessionGraphOptimizationLevel(native, (int)options.Optimization), "set the optimization level");
        api.Check(api.SetSessionLogSeverityLevel(native, (int)options.LogSeverity), "set the log level");
        if (options.ProfilePrefix is not null)
            api.Check(api.EnableProfiling(native, text.Path(options.ProfilePrefix)), "switch profiling on");
        if (options.OptimizedModelPath is not null)
            api.Check(api.SetOptimizedModelFilePath(native, text.Path(options.OptimizedModelPath)), "set the path of the optimized model");
        foreach ((string name, long size) in options.FreeDimensions)
            api.Check(api.AddFreeDimensionOverrideByName(native, (byte*)text.Utf8(name), size), $"fix dimension '{name}'");

        string spin = options.AllowSpinning ? "1" : "0";
        Set("session.intra_op.allow_spinning", spin);
        Set("session.inter_op.allow_spinning", spin);
        foreach ((string key, string value) in options.ConfigEntries)
            Set(key, value);
        foreach (ExecutionProvider provider in options.Providers)
            ProviderAppender.Append(runtime, native, provider);

        void Set(string key, string value) => api.Check(
            api.AddSessionConfigEntry(native, (byte*)text.Utf8(key), (byte*)text.Utf8(value)), $"set '{key}' to '{value}'");
    }
}
