namespace RfDetr;

/// <summary>Opens ONNX Runtime sessions as an engine asks for.</summary>
internal static class SessionFactory
{
    public static IOnnxSession FromBytes(ReadOnlyMemory<byte> model, Engine.OnnxRuntime options) =>
        OnnxRuntimePackage.Load(options.LibraryPath).Open(model, ToSession(options));

    public static IOnnxSession FromFile(string path, Engine.OnnxRuntime options) =>
        OnnxRuntimePackage.Load(options.LibraryPath).Open(path, ToSession(options));

    internal static OnnxSessionOptions ToSession(Engine.OnnxRuntime options) => new()
    {
        Providers = options.Providers,
        IntraOpThreads = options.Threads,
        AllowSpinning = options.AllowSpinning,
    };
}
