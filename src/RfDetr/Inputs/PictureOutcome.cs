using System.Diagnostics.CodeAnalysis;
using RfDetr.Vision;

namespace RfDetr;

/// <summary>What became of one picture among many: results, or the reason why there are none.</summary>
public sealed class PictureOutcome
{
    internal PictureOutcome(PictureSource source, Picture picture, Detections result) => (Source, Picture, Result) = (source, picture, result);

    internal PictureOutcome(PictureSource source, Exception error) => (Source, Error) = (source, error);

    /// <summary>Where it came from.</summary>
    public PictureSource Source { get; }

    /// <summary>The pixels; valid until the next outcome is asked for. Null if it failed.</summary>
    public Picture? Picture { get; }

    /// <summary>What was found; null if it failed.</summary>
    public Detections? Result { get; }

    /// <summary>Why it failed; null if it did not.</summary>
    public Exception? Error { get; }

    /// <summary>True if there are results.</summary>
    [MemberNotNullWhen(true, nameof(Picture), nameof(Result))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;
}
