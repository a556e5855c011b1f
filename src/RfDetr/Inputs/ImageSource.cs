
namespace RfDetr;

/// <summary>Where an image comes from.</summary>
/// <param name="Name">A path, an http or https address, or <c>-</c> for standard input.</param>
public sealed record ImageSource(string Name)
{
    /// <summary>The name of standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Reads and decodes the image.</summary>
    /// <param name="standardInput">What <c>-</c> reads.</param>
    /// <param name="limits">Limits of file and image; null for the defaults.</param>
    /// <param name="cancellationToken">Stops reading or decoding.</param>
    /// <exception cref="ImageContentException">It is no sound image.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="HttpRequestException">The address gives no image.</exception>
    /// <exception cref="TimeoutException">The address takes too long.</exception>
    /// <exception cref="ArgumentException">Standard input is asked for and there is none.</exception>
    public Task<Image> LoadAsync(Stream? standardInput = null, ImageLimits? limits = null, CancellationToken cancellationToken = default)
    {
        if (Name == StandardInput)
        {
            return standardInput is not null
                ? Image.LoadAsync(standardInput, limits, cancellationToken)
                : throw new ArgumentException("there is no standard input to read an image from", nameof(standardInput));
        }

        if (!ImageUrl.IsUrl(Name))
            return Image.LoadAsync(Name, limits, cancellationToken);
        return Uri.TryCreate(Name, UriKind.Absolute, out Uri? address)
            ? ImageUrl.LoadAsync(address, limits, cancellationToken: cancellationToken)
            : throw new HttpRequestException($"'{Name}' is not a sound address");
    }
}
