using RfDetr.Vision;

namespace RfDetr;

/// <summary>Where a picture comes from.</summary>
/// <param name="Name">A path, an http or https address, or <c>-</c> for standard input.</param>
public sealed record PictureSource(string Name)
{
    /// <summary>The name of standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Reads and decodes the picture.</summary>
    /// <param name="standardInput">What <c>-</c> reads.</param>
    /// <param name="limits">Limits of file and picture; null for the defaults.</param>
    /// <param name="cancellationToken">Stops reading or decoding.</param>
    /// <exception cref="ImageContentException">It is no sound picture.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="HttpRequestException">The address gives no picture.</exception>
    /// <exception cref="TimeoutException">The address takes too long.</exception>
    /// <exception cref="ArgumentException">Standard input is asked for and there is none.</exception>
    public Task<Picture> LoadAsync(Stream? standardInput = null, PictureLimits? limits = null, CancellationToken cancellationToken = default)
    {
        if (Name == StandardInput)
        {
            return standardInput is not null
                ? Picture.DecodeAsync(standardInput, limits, cancellationToken)
                : throw new ArgumentException("there is no standard input to read a picture from", nameof(standardInput));
        }

        if (!PictureUrl.IsUrl(Name))
            return Picture.LoadAsync(Name, limits, cancellationToken);
        return Uri.TryCreate(Name, UriKind.Absolute, out Uri? address)
            ? PictureUrl.LoadAsync(address, limits, cancellationToken: cancellationToken)
            : throw new HttpRequestException($"'{Name}' is not a sound address");
    }
}
