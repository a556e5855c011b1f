using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace RfDetr.Serve;

/// <summary>
/// A form (<c>multipart/form-data</c>) that is read part by part: files go straight into memory that is given back, and nothing
/// into a folder, so that the root of a container may be read-only.
/// </summary>
internal sealed class FormBody : IDisposable
{
    private const int MaxParts = 256, MaxBoundary = 128, MaxFieldBytes = 4 << 20;

    private readonly Dictionary<string, StringValues> _fields = new(StringComparer.Ordinal);
    private readonly List<PooledBytes> _files = [];

    private FormBody()
    {
    }

    /// <summary>Files with their names, in the order of the form.</summary>
    public List<UploadedImage> Files { get; } = [];

    /// <summary>The values of a field; empty if there is none.</summary>
    public StringValues this[string name] => _fields.GetValueOrDefault(name);

    /// <summary>True for a request whose body is such a form.</summary>
    public static bool Is(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
        && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a form.</summary>
    /// <exception cref="ServeException">413: too large; 415: it is no form.</exception>
    /// <exception cref="InvalidDataException">It is not formed as it must be.</exception>
    public static async Task<FormBody> ReadAsync(HttpContext context, RequestLimits limits)
    {
        HttpRequest request = context.Request;
        if (!Is(request))
        {
            throw new ServeException(
                StatusCodes.Status415UnsupportedMediaType, ErrorCodes.Type,
                $"the body is '{ServeException.Shown(request.ContentType ?? "")}'; expected multipart/form-data");
        }

        if (request.ContentLength > limits.MaxBodyBytes)
            throw ServeException.BodyTooLarge(limits.MaxBodyBytes);
        // Counts what comes without a length.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } most)
            most.MaxRequestBodySize = limits.MaxBodyBytes;
        string boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.ContentType).Boundary).ToString();
        if (boundary.Length is 0 or > MaxBoundary)
            throw ServeException.BadRequest(ErrorCodes.Body, "the form has no boundary, or a very long one");
        var form = new FormBody();
        try
        {
            await form.ReadPartsAsync(context, new MultipartReader(boundary, request.Body), limits).ConfigureAwait(false);
            return form;
        }
        catch
        {
            form.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (PooledBytes file in _files)
            file.Dispose();
        _files.Clear();
    }

    private async Task ReadPartsAsync(HttpContext context, MultipartReader reader, RequestLimits limits)
    {
        BodyBudget budget = RequestScope.Of(context).Budget;
        for (int parts = 0; ; parts++)
        {
            MultipartSection? part = await reader.ReadNextSectionAsync(context.RequestAborted).ConfigureAwait(false);
            if (part is null)
                return;
            if (parts == MaxParts)
                throw ServeException.BadRequest(ErrorCodes.Body, Invariant.Text($"the form has more than {MaxParts} parts"));
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out ContentDispositionHeaderValue? disposition)
                || HeaderUtilities.RemoveQuotes(disposition.Name).ToString() is not { Length: > 0 } name)
                throw ServeException.BadRequest(ErrorCodes.Body, "a part of the form has no name");
            string? file = FileName(disposition);
            // Some recorders send the image as a field without a file's name.
            bool isFile = file is not null || name is "image" or "file"
                || part.ContentType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true;
            if (isFile && Files.Count == limits.MaxImages)
            {
                throw new ServeException(StatusCodes.Status413PayloadTooLarge, ErrorCodes.Images, Invariant.Text(
                    $"the form has more than {limits.MaxImages} files"));
            }

            PooledBytes bytes = await PooledBytes.ReadAsync(
                part.Body, null, isFile ? limits.MaxBodyBytes : MaxFieldBytes, budget, context.RequestAborted)
                .ConfigureAwait(false);
            if (isFile)
            {
                _files.Add(bytes);
                Files.Add(new UploadedImage(string.IsNullOrEmpty(file) ? "-" : file, bytes.Memory));
                continue;
            }

            using (bytes)
                _fields[name] = StringValues.Concat(_fields.GetValueOrDefault(name), Encoding.UTF8.GetString(bytes.Span));
        }
    }

    // Without folders, which some clients send along.
    private static string? FileName(ContentDispositionHeaderValue disposition)
    {
        StringSegment given = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
        if (!given.HasValue)
            return null;
        string name = HeaderUtilities.RemoveQuotes(given).ToString();
        return name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
    }
}
