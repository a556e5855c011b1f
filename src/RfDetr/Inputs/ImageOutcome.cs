using System.Diagnostics.CodeAnalysis;

namespace RfDetr;

/// <summary>What became of one image among many: results, or the reason why there are none.</summary>
public sealed class ImageOutcome
{
    internal ImageOutcome(ImageSource source, Image image, Detections result) =>
        (Source, Image, Result) = (source, image, result);

    internal ImageOutcome(ImageSource source, Exception error) => (Source, Error) = (source, error);

    /// <summary>Where it came from.</summary>
    public ImageSource Source { get; }

    /// <summary>The pixels; valid until the next outcome is asked for. Null if it failed.</summary>
    public Image? Image { get; }

    /// <summary>What was found; null if it failed.</summary>
    public Detections? Result { get; }

    /// <summary>Why it failed; null if it did not.</summary>
    public Exception? Error { get; }

    /// <summary>True if there are results.</summary>
    [MemberNotNullWhen(true, nameof(Image), nameof(Result))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;
}
