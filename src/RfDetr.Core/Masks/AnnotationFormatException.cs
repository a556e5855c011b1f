namespace RfDetr;

/// <summary>An annotation that came from outside (a file, a request) is malformed: run lengths, polygons, boxes.</summary>
/// <param name="message">Names the thing, both values and the cure.</param>
/// <param name="innerException">The cause, if another exception revealed it.</param>
public sealed class AnnotationFormatException(string message, Exception? innerException = null)
    : RfDetrException(message, innerException);
