namespace RfDetr;

/// <summary>
/// Reading and writing of images: <c>Image.Load</c>, <c>Image.Decode</c>, <c>image.Save</c>, <c>image.Encode</c> and their
/// asynchronous
/// forms. They are extension members, so that <see cref="Image"/> itself needs no codec.
/// </summary>
/// <remarks>
/// JPEG, PNG, WebP, GIF, TIFF, AVIF and BMP are read, recognized by content and not by name. EXIF orientation is applied, alpha
/// dropped,
/// and gray, palette, CMYK and 16-bit samples are converted, all as the reference's reader (Pillow) does it, except that 16-bit
/// gray is
/// scaled rather than clipped. JPEG, PNG and WebP are written. All members may be called from any thread.
/// </remarks>
public static class ImageCodec
{
    extension(Image)
    {
        /// <summary>Reads an image file.</summary>
        /// <param name="path">The file.</param>
        /// <param name="limits">Limits of the file and the image; null for <see cref="ImageLimits.Default"/>.</param>
        /// <exception cref="ImageContentException">The file is not an image, is damaged, or exceeds the limits.</exception>
        /// <exception cref="IOException">The file cannot be read.</exception>
        /// <exception cref="LibvipsMissingException">The format needs libvips, and none could be loaded.</exception>
        public static Image Load(string path, ImageLimits? limits = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            limits = ImageLimits.OrDefault(limits);
            using FileStream file = ImageBytes.Open(path, limits);
            using ImageBytes bytes = ImageBytes.Read(file, path, limits);
            return ImageDecoder.Decode(bytes.Span, path, limits);
        }

        /// <summary>Reads a stream to its end and decodes it. The stream stays open.</summary>
        /// <param name="stream">An encoded image, from the current position to the end.</param>
        /// <param name="limits">Limits of the file and the image; null for <see cref="ImageLimits.Default"/>.</param>
        /// <exception cref="ImageContentException">The stream is not an image, is damaged, or exceeds the limits.</exception>
        /// <exception cref="IOException">The stream cannot be read.</exception>
        /// <exception cref="LibvipsMissingException">The format needs libvips, and none could be loaded.</exception>
        public static Image Load(Stream stream, ImageLimits? limits = null)
        {
            ArgumentNullException.ThrowIfNull(stream);
            limits = ImageLimits.OrDefault(limits);
            using ImageBytes bytes = ImageBytes.Read(stream, ImageDecoder.BytesName, limits);
            return ImageDecoder.Decode(bytes.Span, ImageDecoder.BytesName, limits);
        }

        /// <summary>Decodes an encoded image held in memory; the same as <c>Decode</c>.</summary>
        /// <param name="encoded">The bytes of an image file.</param>
        /// <param name="limits">Limits of the file and the image; null for <see cref="ImageLimits.Default"/>.</param>
        /// <exception cref="ImageContentException">The bytes are not an image, are damaged, or exceed the limits.</exception>
        /// <exception cref="LibvipsMissingException">The format needs libvips, and none could be loaded.</exception>
        public static Image Load(ReadOnlySpan<byte> encoded, ImageLimits? limits = null) => Decode(encoded, limits);

        /// <summary>Reads an image file asynchronously and decodes it on the thread pool.</summary>
        /// <param name="path">The file.</param>
        /// <param name="limits">Limits of the file and the image; null for <see cref="ImageLimits.Default"/>.</param>
        /// <param name="cancellationToken">Stops reading or decoding.</param>
        /// <exception cref="ImageContentException">The file is not an image, is damaged, or exceeds the limits.</exception>
        /// <exception cref="IOException">The file cannot be read.</exception>
        /// <exception cref="LibvipsMissingException">The format needs libvips, and none could be loaded.</exception>
        public static async Task<Image> LoadAsync(
            string path, ImageLimits? limits = null, CancellationToken cancellationToken = default)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            limits = ImageLimits.OrDefault(limits);
            await using FileStream file = ImageBytes.Open(path, limits, FileOptions.SequentialScan | FileOptions.Asynchronous);
            return await LoadAsync(file, path, limits, cancellationToken).ConfigureAwait(false);
        }

        /// <summary>Reads a stream to its end asynchronously and decodes it on the thread pool. The stream stays open.</summary>
        /// <param name="stream">An encoded image, from the current position to the end.</param>
        /// <param name="limits">Limits of the file and the image; null for <see cref="ImageLimits.Default"/>.</param>
        /// <param name="cancellationToken">Stops reading or decoding.</param>
        /// <exception cref="ImageContentException">The stream is not an image, is damaged, or exceeds the limits.</exception>
        /// <exception cref="IOException">The stream cannot be read.</exception>
        /// <exception cref="LibvipsMissingException">The format needs libvips, and none could be loaded.</exception>
        public static Task<Image> LoadAsync(
            Stream stream, ImageLimits? limits = null, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(stream);
            return LoadAsync(stream, ImageDecoder.BytesName, ImageLimits.OrDefault(limits), cancellationToken);
        }

        /// <summary>Decodes an encoded image held in memory on the thread pool; the same as <c>DecodeAsync</c>.</summary>
        /// <param name="encoded">The bytes of an image file; they must not change meanwhile.</param>
        /// <param name="limits">Limits of the file and the image; null for <see cref="ImageLimits.Default"/>.</param>
        /// <param name="cancellationToken">Stops decoding.</param>
        /// <exception cref="ImageContentException">The bytes are not an image, are damaged, or exceed the limits.</exception>
        /// <exception cref="LibvipsMissingException">The format needs libvips, and none could be loaded.</exception>
        public static Task<Image> LoadAsync(
            ReadOnlyMemory<byte> encoded, ImageLimits? limits = null, CancellationToken cancellationToken = default) =>
            DecodeAsync(encoded, limits, cancellationToken);

        /// <summary>Decodes an encoded image held in memory: the counterpart of <c>Encode</c>.</summary>
        /// <param name="encoded">The bytes of an image file.</param>
        /// <param name="limits">Limits of the file and the image; null for <see cref="ImageLimits.Default"/>.</param>
        /// <exception cref="ImageContentException">The bytes are not an image, are damaged, or exceed the limits.</exception>
        /// <exception cref="LibvipsMissingException">The format needs libvips, and none could be loaded.</exception>
        public static Image Decode(ReadOnlySpan<byte> encoded, ImageLimits? limits = null) =>
            ImageDecoder.Decode(encoded, ImageDecoder.BytesName, ImageLimits.OrDefault(limits));

        /// <summary>Decodes an encoded image held in memory on the thread pool.</summary>
        /// <param name="encoded">The bytes of an image file; they must not change meanwhile.</param>
        /// <param name="limits">Limits of the file and the image; null for <see cref="ImageLimits.Default"/>.</param>
        /// <param name="cancellationToken">Stops decoding.</param>
        /// <exception cref="ImageContentException">The bytes are not an image, are damaged, or exceed the limits.</exception>
        /// <exception cref="LibvipsMissingException">The format needs libvips, and none could be loaded.</exception>
        public static Task<Image> DecodeAsync(
            ReadOnlyMemory<byte> encoded, ImageLimits? limits = null, CancellationToken cancellationToken = default)
        {
            limits = ImageLimits.OrDefault(limits);
            return Task.Run(
                () => ImageDecoder.Decode(encoded.Span, ImageDecoder.BytesName, limits, cancellationToken), cancellationToken);
        }
    }

    extension(Image image)
    {
        /// <summary>Writes an image file in the format of its extension: .png, .jpg, .jpeg or .webp.</summary>
        /// <remarks>The file is written beside and then renamed, so that no reader ever sees half of it.</remarks>
        /// <param name="path">The file; replaced if it exists.</param>
        /// <param name="options">Quality and effort; null for the defaults.</param>
        /// <exception cref="ArgumentException">The extension is another one, the image is too large for the format, or an option
        /// is
        /// out of range.</exception>
        /// <exception cref="IOException">The file cannot be written.</exception>
        /// <exception cref="LibvipsMissingException">No libvips could be loaded.</exception>
        public void Save(string path, EncodeOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(image);
            image.Frame.Save(path, options);
        }

        /// <summary>Encodes into memory.</summary>
        /// <param name="format">PNG, JPEG or WebP.</param>
        /// <param name="options">Quality and effort; null for the defaults.</param>
        /// <exception cref="ArgumentException">The format cannot be written, the image is too large for it, or an option is out
        /// of
        /// range.</exception>
        /// <exception cref="LibvipsMissingException">No libvips could be loaded.</exception>
        public byte[] Encode(ImageFormat format, EncodeOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(image);
            return image.Frame.Encode(format, options);
        }

        /// <summary>Encodes into memory.</summary>
        /// <param name="format">PNG, JPEG or WebP.</param>
        /// <param name="quality">Quality of JPEG and WebP, 1–100; without effect on PNG.</param>
        /// <exception cref="ArgumentException">The format cannot be written, the image is too large for it, or the quality is out
        /// of
        /// range.</exception>
        /// <exception cref="LibvipsMissingException">No libvips could be loaded.</exception>
        public byte[] Encode(ImageFormat format, int quality) => image.Encode(format, new EncodeOptions { Quality = quality });
    }

    extension(PixelFrame frame)
    {
        /// <summary>Writes the frame as an image file in the format of its extension: .png, .jpg, .jpeg or .webp.</summary>
        /// <remarks>
        /// The file is written beside and then renamed, so that no reader ever sees half of it. Alpha is kept where the format
        /// has it
        /// (not JPEG).
        /// </remarks>
        /// <param name="path">The file; replaced if it exists.</param>
        /// <param name="options">Quality and effort; null for the defaults.</param>
        /// <exception cref="ArgumentException">The extension is another one, the frame is too large for the format, or an option
        /// is
        /// out of range.</exception>
        /// <exception cref="IOException">The file cannot be written.</exception>
        /// <exception cref="LibvipsMissingException">No libvips could be loaded.</exception>
        public void Save(string path, EncodeOptions? options = null)
        {
            byte[] encoded = ImageEncoder.Encode(frame, ImageEncoder.FormatOf(path), options);
            AtomicFile.Write(path, stream => stream.Write(encoded), flushToDisk: false);
        }

        /// <summary>Encodes the frame into memory. Alpha is kept where the format has it (not JPEG).</summary>
        /// <param name="format">PNG, JPEG or WebP.</param>
        /// <param name="options">Quality and effort; null for the defaults.</param>
        /// <exception cref="ArgumentException">The format cannot be written, the frame is too large for it, or an option is out
        /// of
        /// range.</exception>
        /// <exception cref="LibvipsMissingException">No libvips could be loaded.</exception>
        public byte[] Encode(ImageFormat format, EncodeOptions? options = null) => ImageEncoder.Encode(frame, format, options);
    }

    /// <summary>Reads and decodes a stream; <paramref name="source"/> names it in messages.</summary>
    internal static async Task<Image> LoadAsync(
        Stream stream, string source, ImageLimits limits, CancellationToken cancellationToken)
    {
        using ImageBytes bytes = await ImageBytes.ReadAsync(stream, source, limits, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => ImageDecoder.Decode(bytes.Span, source, limits, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }
}
