
namespace RfDetr;

/// <summary>A place that an image comes from: a file, an address, a stream, bytes in memory.</summary>
public abstract record ImageSource
{
    /// <summary>The path, address or other name, for results and messages.</summary>
    public abstract string Name { get; }

    /// <summary>Reads and decodes the image.</summary>
    /// <param name="limits">Limits of file and image; null for the defaults.</param>
    /// <param name="cancellationToken">Stops reading or decoding.</param>
    /// <returns>The image, which the caller disposes.</returns>
    /// <exception cref="ImageContentException">It is not a valid image.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="HttpRequestException">The address gives no image.</exception>
    /// <exception cref="TimeoutException">The address takes too long.</exception>
    public abstract Task<Image> OpenAsync(ImageLimits? limits = null, CancellationToken cancellationToken = default);

    /// <summary>The source that a path or an http or https address stands for.</summary>
    public static ImageSource Of(string pathOrAddress)
    {
        ArgumentException.ThrowIfNullOrEmpty(pathOrAddress);
        return ImageUrl.IsUrl(pathOrAddress) ? new UrlImage(pathOrAddress) : new FileImage(pathOrAddress);
    }

    /// <summary>The name.</summary>
    public sealed override string ToString() => Name;
}

/// <summary>An image file.</summary>
/// <param name="Path">The file.</param>
public sealed record FileImage(string Path) : ImageSource
{
    /// <inheritdoc/>
    public override string Name => Path;

    /// <inheritdoc/>
    public override Task<Image> OpenAsync(ImageLimits? limits = null, CancellationToken cancellationToken = default) =>
        Image.LoadAsync(Path, limits, cancellationToken);
}

/// <summary>An image at an http or https address.</summary>
/// <param name="Address">The address.</param>
public sealed record UrlImage(string Address) : ImageSource
{
    /// <inheritdoc/>
    public override string Name => Address;

    /// <inheritdoc/>
    public override Task<Image> OpenAsync(ImageLimits? limits = null, CancellationToken cancellationToken = default) =>
        Uri.TryCreate(Address, UriKind.Absolute, out Uri? address)
            ? ImageUrl.LoadAsync(address, limits, cancellationToken: cancellationToken)
            : throw new HttpRequestException($"'{Address}' is not a valid address");
}

/// <summary>
/// An encoded image that is read from a stream once; the stream stays the caller's. JPEG or PNG images that follow each other in
/// it, as cameras and <c>ffmpeg -f image2pipe</c> write them, are as many images for <c>Detector.DetectManyAsync</c>; opened by
/// itself, the stream is one image.
/// </summary>
/// <param name="Stream">Read to its end.</param>
/// <param name="Label">The name for results and messages; <c>-</c> for standard input.</param>
public sealed record StreamImage(Stream Stream, string Label = "-") : ImageSource
{
    /// <inheritdoc/>
    public override string Name => Label;

    /// <inheritdoc/>
    public override Task<Image> OpenAsync(ImageLimits? limits = null, CancellationToken cancellationToken = default) =>
        Image.LoadAsync(Stream, limits, cancellationToken);
}

/// <summary>An encoded image in memory.</summary>
/// <param name="Bytes">JPEG, PNG, WebP, ….</param>
/// <param name="Label">The name for results and messages.</param>
public sealed record BytesImage(ReadOnlyMemory<byte> Bytes, string Label) : ImageSource
{
    /// <inheritdoc/>
    public override string Name => Label;

    /// <inheritdoc/>
    public override Task<Image> OpenAsync(ImageLimits? limits = null, CancellationToken cancellationToken = default) =>
        Image.DecodeAsync(Bytes, limits, cancellationToken);
}
