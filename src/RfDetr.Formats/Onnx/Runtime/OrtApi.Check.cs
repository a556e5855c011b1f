using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RfDetr.Onnx;

/// <summary>The one place where a status becomes an exception, and text that the library allocated becomes a string.</summary>
internal readonly unsafe partial struct OrtApi
{
    /// <summary>Throws if <paramref name="status"/> is an error; <paramref name="doing"/> completes "cannot …".</summary>
    public void Check(nint status, string doing)
    {
        if (status != 0)
            Throw(status, doing);
    }

    /// <summary>The same with the name of the thing, which is put into words only if there is an error: for calls in every run.</summary>
    public void Check(nint status, string doing, string name)
    {
        if (status != 0)
            Throw(status, $"{doing} '{name}'");
    }

    /// <summary>Takes over an error status: its code and text; the status is released.</summary>
    public OnnxRuntimeException ToException(nint status, string doing)
    {
        var code = (OnnxErrorCode)GetErrorCode(status);
        string text = Marshal.PtrToStringUTF8((nint)GetErrorMessage(status)) ?? "";
        ReleaseStatus(status);
        return new OnnxRuntimeException(code, $"cannot {doing}: {text} (ONNX Runtime code {(int)code}, {code})");
    }

    /// <summary>Copies text that ONNX Runtime allocated and gives the memory back; null stays null.</summary>
    public string? TakeString(byte* text, nint allocator)
    {
        if (text is null)
            return null;
        string? copy = Marshal.PtrToStringUTF8((nint)text);
        Check(AllocatorFree(allocator, text), "release text");
        return copy;
    }

    [DoesNotReturn]
    private void Throw(nint status, string doing) => throw ToException(status, doing);
}
