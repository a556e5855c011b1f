namespace RfDetr.Onnx;

/// <summary>Kind of failure that an <see cref="OnnxRuntimeException"/> reports; from 1 on, ONNX Runtime's own numbers.</summary>
public enum OnnxErrorCode
{
    /// <summary>The package or its native library was not found, is too old, or another library is in use.</summary>
    LibraryNotUsable = -2,

    /// <summary>The loaded library was built without the execution provider that was asked for.</summary>
    ProviderNotAvailable = -1,

    /// <summary>Unspecified failure.</summary>
    Fail = 1,

    /// <summary>An argument does not fit: name, shape, element type or option.</summary>
    InvalidArgument = 2,

    /// <summary>The model file, or a file that it refers to, does not exist.</summary>
    NoSuchFile = 3,

    /// <summary>The session holds no model.</summary>
    NoModel = 4,

    /// <summary>An engine of an execution provider failed.</summary>
    EngineError = 5,

    /// <summary>An exception inside ONNX Runtime while it ran.</summary>
    RuntimeException = 6,

    /// <summary>The bytes are not an ONNX model.</summary>
    InvalidProtobuf = 7,

    /// <summary>A model is already loaded.</summary>
    ModelLoaded = 8,

    /// <summary>This build has no kernel for an operator and element type.</summary>
    NotImplemented = 9,

    /// <summary>The graph breaks a rule of ONNX.</summary>
    InvalidGraph = 10,

    /// <summary>An execution provider failed.</summary>
    ExecutionProviderFail = 11,
}

/// <summary>ONNX Runtime is missing, or refused what it was asked for; the message ends with its own words.</summary>
public sealed class OnnxRuntimeException : RfDetrException
{
    /// <summary>Creates the exception.</summary>
    public OnnxRuntimeException(OnnxErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The kind of failure.</summary>
    public OnnxErrorCode Code { get; }
}
