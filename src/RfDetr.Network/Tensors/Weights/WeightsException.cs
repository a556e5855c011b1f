namespace RfDetr.Tensors;

/// <summary>
/// A file's tensors are not those of the network: the message lists the missing, the unexpected and the mis-shaped ones.
/// </summary>
public sealed class WeightsException(string message) : RfDetrException(message);
