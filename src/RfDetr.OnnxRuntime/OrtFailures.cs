using RfDetr.Onnx;
using OrtException = Microsoft.ML.OnnxRuntime.OnnxRuntimeException;

namespace RfDetr.OnnxRuntime;

/// <summary>The one place where an exception of the managed package becomes ours.</summary>
internal static class OrtFailures
{
    private const string Prefix = "[ErrorCode:";

    /// <summary>Calls ONNX Runtime; <paramref name="doing"/> completes "cannot …".</summary>
    public static T Guard<T>(string doing, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (OrtException e)
        {
            throw Translate(e, doing);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    public static void Guard(string doing, Action call) => Guard(doing, () =>
    {
        call();
        return true;
    });

    /// <summary>Keeps the code and the words. The package hides the code in its text, as <c>[ErrorCode:Fail] words</c>.</summary>
    public static OnnxRuntimeException Translate(OrtException failure, string doing)
    {
        string text = failure.Message;
        OnnxErrorCode code = OnnxErrorCode.Fail;
        int end = text.IndexOf(']', StringComparison.Ordinal);
        if (text.StartsWith(Prefix, StringComparison.Ordinal) && end > 0)
        {
            code = CodeOf(text[Prefix.Length..end]);
            text = text[(end + 1)..].Trim();
        }

        return new OnnxRuntimeException(code, $"cannot {doing}: {text} (ONNX Runtime code {(int)code}, {code})", failure);
    }

    // The package calls number 11 by a name of its own; in the C API it says that an execution provider failed.
    private static OnnxErrorCode CodeOf(string name) =>
        name == "ShapeInferenceNotRegistered" ? OnnxErrorCode.ExecutionProviderFail
        : Enum.TryParse(name, out OnnxErrorCode code) && Enum.IsDefined(code) ? code : OnnxErrorCode.Fail;
}
