namespace RfDetr.Onnx;

/// <summary>An ONNX file, its metadata or its side file is damaged, or describes something this system cannot use.</summary>
public sealed class OnnxFormatException : RfDetrException
{
    /// <summary>Creates the exception; the message names the file or field, what was found and what was expected.</summary>
    public OnnxFormatException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
