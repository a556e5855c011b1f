namespace RfDetr.Serve;

/// <summary>An encoded image of a request.</summary>
/// <param name="Name">The file's name without folders, else "-".</param>
/// <param name="Bytes">The file; valid until the upload is disposed.</param>
internal readonly record struct UploadedImage(string Name, ReadOnlyMemory<byte> Bytes);

/// <summary>The images of a request's body: the body itself, or the files of a form.</summary>
internal sealed class UploadedImages : IDisposable
{
    private readonly PooledBytes? _body;

    private UploadedImages(FormBody? form, PooledBytes? body)
    {
        (Form, _body) = (form, body);
        Images = form is null ? [new UploadedImage("-", body!.Memory)] : form.Files;
    }

    public IReadOnlyList<UploadedImage> Images { get; }

    /// <summary>The form; null if the body is none.</summary>
    public FormBody? Form { get; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Bytes => [.. Images.Select(i => i.Bytes)];

    /// <summary>Reads a body that is an image, or a form with images.</summary>
    /// <exception cref="ServeException">413: too large; 415: another type; 400: no image.</exception>
    public static async Task<UploadedImages> ReadAsync(HttpContext context, RequestLimits limits)
    {
        HttpRequest request = context.Request;
        if (FormBody.Is(request))
            return await ReadFormAsync(context, limits).ConfigureAwait(false);
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
        if (body.Length > 0)
            return new UploadedImages(null, body);
        body.Dispose();
        throw ServeException.BadRequest(ErrorCodes.Body, "the body is empty; expected an image");
    }

    /// <summary>Reads a form with images.</summary>
    /// <exception cref="ServeException">413: too large; 415: no form; 400: no image.</exception>
    public static async Task<UploadedImages> ReadFormAsync(HttpContext context, RequestLimits limits)
    {
        FormBody form = await FormBody.ReadAsync(context, limits).ConfigureAwait(false);
        if (form.Files.Count > 0)
            return new UploadedImages(form, null);
        form.Dispose();
        throw ServeException.BadRequest(ErrorCodes.Body, "the form has no file; expected an image");
    }

    public void Dispose()
    {
        Form?.Dispose();
        _body?.Dispose();
    }
}
