using System.Diagnostics.CodeAnalysis;

namespace RfDetr;

/// <summary>Outcome of one image among many: results, or the reason why there are none.</summary>
public sealed class ImageOutcome
{
    internal ImageOutcome(ImageSource source, Image image, Detections result) =>
        (Source, Image, Result) = (source, image, result);

    internal ImageOutcome(ImageSource source, Exception error) => (Source, Error) = (source, error);

    /// <summary>Source of the image.</summary>
    public ImageSource Source { get; }

    /// <summary>The pixels; valid until the next outcome is asked for. Null if it failed.</summary>
    public Image? Image { get; }

    /// <summary>Objects that were found; null if the image failed.</summary>
    public Detections? Result { get; }

    /// <summary>Why it failed; null if it did not.</summary>
    public Exception? Error { get; }

    /// <summary>True if there are results.</summary>
    [MemberNotNullWhen(true, nameof(Image), nameof(Result))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;
}
