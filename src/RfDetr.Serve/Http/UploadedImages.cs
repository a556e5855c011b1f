using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace RfDetr.Serve;

/// <summary>An encoded image of a request.</summary>
/// <param name="Name">The file's name without folders, else "-".</param>
/// <param name="Bytes">The file; valid until the upload is disposed.</param>
internal readonly record struct UploadedImage(string Name, ReadOnlyMemory<byte> Bytes);

/// <summary>The images of a request's body: the body itself, or the files of a form.</summary>
internal sealed class UploadedImages : IDisposable
{
    private readonly List<PooledBytes> _owned = [];

    private UploadedImages()
    {
    }

    public List<UploadedImage> Images { get; } = [];

    /// <summary>The form's fields; null if the body is no form.</summary>
    public IFormCollection? Form { get; private set; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Bytes => [.. Images.Select(i => i.Bytes)];

    public static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
        && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a body that is an image, or a form with images.</summary>
    /// <exception cref="ServeException">413: too large; 415: another type; 400: no image.</exception>
    public static async Task<UploadedImages> ReadAsync(HttpContext context, RequestLimits limits)
    {
        HttpRequest request = context.Request;
        var upload = new UploadedImages();
        try
        {
            if (IsForm(request))
            {
                await upload.ReadFormAsync(request, limits, context.RequestAborted).ConfigureAwait(false);
                return upload;
            }

            string type = request.ContentType ?? "";
            if (type.Length > 0 && !type.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
                && !type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase))
            {
                throw new ServeException(
                    StatusCodes.Status415UnsupportedMediaType, ErrorCodes.Type,
                    $"the body is '{ServeException.Shown(type)}'; expected image/*, application/octet-stream or multipart/form-data");
            }

            PooledBytes body = await PooledBytes.ReadAsync(request, limits.MaxBodyBytes, context.RequestAborted)
                .ConfigureAwait(false);
            upload._owned.Add(body);
            upload.Images.Add(new("-", body.Memory));
            return body.Length > 0
                ? upload
                : throw ServeException.BadRequest(ErrorCodes.Body, "the body is empty; expected an image");
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    /// <summary>Reads a form and its files.</summary>
    public static async Task<UploadedImages> ReadFormAsync(HttpContext context, RequestLimits limits)
    {
        if (!IsForm(context.Request))
        {
            throw new ServeException(
                StatusCodes.Status415UnsupportedMediaType, ErrorCodes.Type,
                $"the body is '{ServeException.Shown(context.Request.ContentType ?? "")}'; expected multipart/form-data");
        }

        var upload = new UploadedImages();
        try
        {
            await upload.ReadFormAsync(context.Request, limits, context.RequestAborted).ConfigureAwait(false);
            return upload;
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (PooledBytes bytes in _owned)
            bytes.Dispose();
        _owned.Clear();
    }

    private async Task ReadFormAsync(HttpRequest request, RequestLimits limits, CancellationToken cancellation)
    {
        if (request.ContentLength > limits.MaxBodyBytes)
            throw ServeException.BodyTooLarge(limits.MaxBodyBytes);
        // Counts what comes without a length.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } most)
            most.MaxRequestBodySize = limits.MaxBodyBytes;
        Form = await request.ReadFormAsync(Options(limits), cancellation).ConfigureAwait(false);
        if (Form.Files.Count > limits.MaxImages)
        {
            throw new ServeException(StatusCodes.Status413PayloadTooLarge, ErrorCodes.Images, Invariant.Text(
                $"the form has {Form.Files.Count} files; the limit is {limits.MaxImages} images"));
        }

        foreach (IFormFile file in Form.Files)
        {
            await using Stream stream = file.OpenReadStream();
            PooledBytes bytes =
                await PooledBytes.ReadAsync(stream, file.Length, limits.MaxBodyBytes, cancellation).ConfigureAwait(false);
            _owned.Add(bytes);
            Images.Add(new(NameOf(file), bytes.Memory));
        }

        if (Images.Count == 0)
            throw ServeException.BadRequest(ErrorCodes.Body, "the form has no file; expected an image");
    }

    /// <summary>Reads the fields of a form whose files do not matter.</summary>
    public static Task<IFormCollection> ReadFieldsAsync(HttpContext context, RequestLimits limits) =>
        context.Request.ReadFormAsync(Options(limits), context.RequestAborted);

    // Nothing is spooled to a folder: the root of a container may be read-only.
    private static FormOptions Options(RequestLimits limits) => new()
    {
        MemoryBufferThreshold = (int)Math.Min(limits.MaxBodyBytes, int.MaxValue),
        MultipartBodyLengthLimit = limits.MaxBodyBytes,
        BufferBodyLengthLimit = limits.MaxBodyBytes,
        ValueLengthLimit = 4 << 20,
        ValueCountLimit = 256,
    };

    private static string NameOf(IFormFile file)
    {
        string name = file.FileName;
        int slash = name.LastIndexOfAny(['/', '\\']);
        name = name[(slash + 1)..];
        return name.Length == 0 ? "-" : name;
    }
}
