namespace RfDetr.Onnx;

/// <summary>ONNX Runtime is missing, or refused what it was asked for; the message ends with its own words.</summary>
public sealed class OnnxRuntimeException : RfDetrException
{
    /// <summary>Creates the exception.</summary>
    public OnnxRuntimeException(OnnxErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The kind of failure.</summary>
    public OnnxErrorCode Code { get; }
}
