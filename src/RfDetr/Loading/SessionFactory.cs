namespace RfDetr;

/// <summary>Opens ONNX Runtime sessions with a detector's options.</summary>
internal static class SessionFactory
{
    public static IOnnxSession FromBytes(ReadOnlyMemory<byte> model, DetectorOptions options) =>
        OnnxRuntimePackage.Load(options.OnnxRuntimePath).Open(model, ToSession(options));

    public static IOnnxSession FromFile(string path, DetectorOptions options) =>
        OnnxRuntimePackage.Load(options.OnnxRuntimePath).Open(path, ToSession(options));

    private static OnnxSessionOptions ToSession(DetectorOptions options) => new()
    {
        Providers = options.Providers,
        IntraOpThreads = options.Threads,
        AllowSpinning = options.AllowSpinning,
    };
}
