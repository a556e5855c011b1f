using RfDetr.Onnx;

namespace RfDetr;

/// <summary>Opens ONNX Runtime sessions with a detector's options.</summary>
internal static class SessionFactory
{
    public static OnnxSession FromBytes(ReadOnlyMemory<byte> model, DetectorOptions options) =>
        OnnxSession.FromBytes(model, ToSession(options), OnnxRuntime.Load(options.OnnxRuntimePath));

    public static OnnxSession FromFile(string path, DetectorOptions options) =>
        OnnxSession.FromFile(path, ToSession(options), OnnxRuntime.Load(options.OnnxRuntimePath));

    private static SessionOptions ToSession(DetectorOptions options) => new()
    {
        Providers = options.Providers,
        IntraOpThreads = options.Threads,
        AllowSpinning = options.AllowSpinning,
    };
}
