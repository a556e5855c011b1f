namespace RfDetr.Video;

/// <summary>A frame rate as the fraction that files store: 30000/1001 is not 29.97.</summary>
/// <param name="Numerator">Frames …</param>
/// <param name="Denominator">… per so many seconds; 0 if the rate is not known.</param>
public readonly record struct FrameRate(int Numerator, int Denominator)
{
    /// <summary>Frames per second; 0 if the rate is not known.</summary>
    public double PerSecond => Denominator > 0 ? (double)Numerator / Denominator : 0;

    /// <summary>The fraction, as ffmpeg reads and writes it.</summary>
    public override string ToString() => Invariant.Text($"{Numerator}/{Denominator}");
}

/// <summary>Facts about a video before its first frame is read.</summary>
/// <param name="Input">File or address, without a password.</param>
/// <param name="Width">Width of the frames in pixels: upright, with square pixels.</param>
/// <param name="Height">Height of the frames in pixels.</param>
/// <param name="Rate">Average frame rate; of variable rates the average only.</param>
/// <param name="Duration">Length as the container claims it; null if it does not.</param>
/// <param name="Codec">Name of the video codec.</param>
/// <param name="Rotation">
/// Clockwise turn, in degrees, that makes the stored frames upright: 0, 90, 180 or 270. Frames are upright already.
/// </param>
/// <param name="AudioCodec">Name of the codec of the first sound track; null if there is no sound.</param>
/// <param name="IsLive">True for cameras and streams, of which the newest frame counts.</param>
public sealed record VideoInfo(
    string Input,
    int Width,
    int Height,
    FrameRate Rate,
    TimeSpan? Duration,
    string Codec,
    int Rotation,
    string? AudioCodec,
    bool IsLive);
