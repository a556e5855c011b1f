namespace RfDetr.Tensors;

/// <summary>An operation was given tensors whose shapes do not fit it.</summary>
internal sealed class ShapeException(string message) : ArgumentException(message);
