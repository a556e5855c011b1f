using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RfDetr.Onnx;

/// <summary>How much ONNX Runtime says; each level includes those below it.</summary>
public enum OnnxLogSeverity
{
    /// <summary>Everything.</summary>
    Verbose = 0,

    /// <summary>What it decided, e.g. where nodes were placed.</summary>
    Info = 1,

    /// <summary>Things that may cost speed or memory.</summary>
    Warning = 2,

    /// <summary>Failures; they also come as exceptions.</summary>
    Error = 3,

    /// <summary>The process is about to end.</summary>
    Fatal = 4,
}

/// <summary>One message of ONNX Runtime.</summary>
/// <param name="Severity">Level.</param>
/// <param name="Category">Part of the runtime.</param>
/// <param name="Location">File, line and function inside the runtime.</param>
/// <param name="Message">Text.</param>
public sealed record OnnxLogMessage(OnnxLogSeverity Severity, string Category, string Location, string Message);

/// <summary>Carries messages of the native side to the sink that the user set; without one they are dropped.</summary>
internal static unsafe class OnnxLog
{
    private static Action<OnnxLogMessage>? s_sink;

    public static Action<OnnxLogMessage>? Sink
    {
        get => Volatile.Read(ref s_sink);
        set => Volatile.Write(ref s_sink, value);
    }

    public static delegate* unmanaged<nint, int, byte*, byte*, byte*, byte*, void> Callback => &Receive;

    [UnmanagedCallersOnly]
    private static void Receive(nint parameter, int severity, byte* category, byte* id, byte* location, byte* message)
    {
        Action<OnnxLogMessage>? sink = Sink;
        if (sink is null)
            return;
        try
        {
            sink(new OnnxLogMessage((OnnxLogSeverity)severity, Text(category), Text(location), Text(message)));
        }
        catch (Exception)
        {
            // An exception must not travel through native frames: it would end the process.
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
