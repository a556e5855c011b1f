namespace RfDetr.Torch;

/// <summary>
/// libtorch refused or failed: the operator's name with the shapes and types of its arguments, and libtorch's message.
/// </summary>
public sealed class TorchException(string message) : RfDetrException(message);

/// <summary>
/// libtorch, or the shim through which it is reached, is not on this machine or does not fit; the message says how to get it.
/// </summary>
public sealed class TorchMissingException(string message) : RfDetrException(message);
