using System.Text;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace RfDetr.Serve;

/// <summary><c>POST /detect</c>: an image in, the JSON of <c>rfdetr detect --json</c> out, or a drawn image, or CSV.</summary>
internal sealed class NativeRoutes(ServeOptions options, ModelRegistry models, InferenceService inference, KeyGate keys)
{
    private const string Json = "application/json", Csv = "text/csv", Jpeg = "image/jpeg", Png = "image/png";

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/detect", (Delegate)DetectAsync).Describe(
            "Find objects in an image",
            "The body is the image (image/*), or a form with one or more files. The answer is the JSON of `rfdetr detect "
                + "--json`; "
            + "with `Accept: image/jpeg` or `image/png` the image with boxes drawn on it, with `Accept: text/csv` a table.",
            [RouteDescriptions.Image, RouteDescriptions.Form],
            ("model", "Name of a model; the first one of the server where it is missing."),
            ("threshold", "Only scores above this count, 0..1 (default 0.5)."),
            ("classes", "Keep these classes only: names with commas between, or id:3."),
            ("masks", "false leaves masks out."),
            ("roi", "x,y,w,h: the network sees this part of the image; results stay in the whole image's pixels."));

    private async Task DetectAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string type = Wanted(request);
        if (KeyGate.KeyOf(request) is not null || !FormBody.Is(request))
            keys.Require(context, Rights.Infer);
        if (keys.IsClosed && RequestScope.Of(context).Key is null)
        {
            // The key may be a field of the form, which must be read first.
            using UploadedImages form = await UploadedImages.ReadAsync(context, options.Limits).ConfigureAwait(false);
            keys.Require(context, Rights.Infer, form.Form?["api_key"]);
            using ModelLease late = Lease(context, form.Form);
            await AnswerAsync(context, late.Model, form, type).ConfigureAwait(false);
            return;
        }

        using ModelLease lease = Lease(context, null);
        lease.Model.Batcher.EnsureRoom(RequestScope.Of(context).Remaining());
        using UploadedImages upload = await UploadedImages.ReadAsync(context, options.Limits).ConfigureAwait(false);
        await AnswerAsync(context, lease.Model, upload, type).ConfigureAwait(false);
    }

    private ModelLease Lease(HttpContext context, FormBody? form) => models.Lease(
        QueryValues.Of(context.Request).Text("model") ?? (form is null ? null : QueryValues.Of(form).Text("model")),
        keys.Has(context, Rights.Models));

    private async Task AnswerAsync(HttpContext context, LoadedModel model, UploadedImages upload, string type)
    {
        DetectOptions detect = Options(context.Request, upload.Form, model.Info);
        if (type is Jpeg or Png && upload.Images.Count > 1)
            throw ServeException.BadRequest(ErrorCodes.Images, $"an answer of {type} is for one image");
        IReadOnlyList<Detections> found = await inference.DetectAsync(context, model, upload.Bytes, detect).ConfigureAwait(false);
        context.Response.Headers[HeaderNames.ModelId] = model.Name;
        ReadOnlyMemory<byte> body = type switch
        {
            Csv => ToCsv(model.Info, upload.Images, found),
            Jpeg or Png => await DrawnImage.EncodeAsync(
                upload.Images[0].Bytes, found[0], options.Limits, type == Png ? ImageFormat.Png : ImageFormat.Jpeg, null,
                context.RequestAborted).ConfigureAwait(false),
            _ => ToJson(model.Info, upload.Images, found),
        };
        await Answers.BytesAsync(context, body, type == Csv ? "text/csv; charset=utf-8" : type).ConfigureAwait(false);
    }

    /// <summary>The options of a request, from its query and its form.</summary>
    internal static DetectOptions Options(HttpRequest request, FormBody? form, ModelInfo model)
    {
        var both = new QueryValues(name => request.Query.TryGetValue(name, out var value) || form is null ? value : form[name]);
        return new DetectOptions
        {
            ScoreThreshold = both.Number("threshold", 0, 1) ?? DetectOptions.Default.ScoreThreshold,
            Classes = ClassList.Resolve(both.Texts("classes"), model.Classes, "classes"),
            Heads = both.Flag("masks") == false ? [Head.Boxes] : null,
            Roi = both.Rectangle("roi"),
        };
    }

    // What comes first in the client's order of preference and is to be had here; JSON where nothing is.
    private static string Wanted(HttpRequest request)
    {
        RequestHeaders headers = request.GetTypedHeaders();
        foreach (MediaTypeHeaderValue accept in headers.Accept.OrderByDescending(a => a.Quality ?? 1))
        {
            foreach (string type in (string[])[Json, Csv, Jpeg, Png])
            {
                if (accept.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
                    return type;
            }

            if (accept.MatchesAllTypes)
                return Json;
            if (accept.MediaType.Equals("image/*", StringComparison.OrdinalIgnoreCase))
                return Jpeg;
        }

        return Json;
    }

    private static ReadOnlyMemory<byte> ToJson(
        ModelInfo model, IReadOnlyList<UploadedImage> images, IReadOnlyList<Detections> found)
    {
        using var stream = new MemoryStream();
        using (var json = new DetectionJson(stream, model))
        {
            for (int i = 0; i < found.Count; i++)
                json.Write(images[i].Name, found[i]);
            json.Complete();
        }

        return stream.GetBuffer().AsMemory(0, (int)stream.Length);
    }

    private static ReadOnlyMemory<byte> ToCsv(
        ModelInfo model, IReadOnlyList<UploadedImage> images, IReadOnlyList<Detections> found)
    {
        using var text = new StringWriter();
        using (var csv = new DetectionCsv(text, model))
        {
            for (int i = 0; i < found.Count; i++)
                csv.Write(images[i].Name, found[i]);
            csv.Complete();
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

/// <summary>An image with its results drawn on it.</summary>
internal static class DrawnImage
{
    /// <summary>Decodes the image again, draws and encodes: pixels are not kept while a request waits.</summary>
    public static Task<byte[]> EncodeAsync(
        ReadOnlyMemory<byte> encoded, Detections found, RequestLimits limits, ImageFormat format, DrawOptions? draw,
        CancellationToken cancellation) => Task.Run(
        () =>
        {
            using Image image = Image.Decode(encoded.Span, limits.Image);
            using Image drawn = found.Draw(image, draw);
            return drawn.Encode(format);
        }, cancellation);
}
