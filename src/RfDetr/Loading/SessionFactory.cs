using RfDetr.Onnx;

namespace RfDetr;

/// <summary>Opens ONNX Runtime sessions as an engine asks for.</summary>
internal static class SessionFactory
{
    public static OnnxSession FromBytes(ReadOnlyMemory<byte> model, Engine.OnnxRuntime options) =>
        OnnxSession.FromBytes(model, ToSession(options), OnnxRuntime.Load(options.LibraryPath));

    public static OnnxSession FromFile(string path, Engine.OnnxRuntime options) =>
        OnnxSession.FromFile(path, ToSession(options), OnnxRuntime.Load(options.LibraryPath));

    private static SessionOptions ToSession(Engine.OnnxRuntime options) => new()
    {
        Providers = options.Providers,
        IntraOpThreads = options.Threads,
        AllowSpinning = options.AllowSpinning,
    };
}
