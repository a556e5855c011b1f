using System.Diagnostics;
using System.Globalization;

namespace RfDetr.Serve;

/// <summary>The routes of the Roboflow inference server, v1 and v0, as its Python client uses them.</summary>
internal sealed class RoboflowRoutes(
    ServeOptions options, ModelRegistry models, InferenceService inference, KeyGate keys, ServerState state, UrlFetcher urls)
{
    private const string Detection = "object-detection", Segmentation = "instance-segmentation";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/info", (Delegate)InfoAsync).Describe("Name, version and id of the server", "Needs no key.");
        routes.MapGet("/model/registry", (Delegate)RegistryAsync).Describe(
            "The loaded models", "Each under every id by which it can be asked for.");
        routes.MapPost("/model/add", (Delegate)AddAsync).Describe(
            "Load a model",
            "`{\"model_id\"}`; waits until it is warm. Only names that the server knows, with weights on this machine.",
            [RouteDescriptions.Json]);
        routes.MapPost("/model/reload", (Delegate)ReloadAsync).Describe(
            "Replace a model", "`{\"model_id\"}`; its file is loaded again beside the old one, and no request is lost.",
            [RouteDescriptions.Json]);
        routes.MapPost("/model/remove", (Delegate)RemoveAsync)
            .Describe("Unload a model", "`{\"model_id\"}`", [RouteDescriptions.Json]);
        routes.MapPost("/model/clear", (Delegate)ClearAsync).Describe("Unload all models", "Requests that use them end first.");
        routes.MapPost("/infer/object_detection", (Delegate)((HttpContext context) => InferAsync(context, Detection)))
            .Describe("Roboflow v1: boxes", "The JSON body of Roboflow's client.", [RouteDescriptions.Json]);
        routes.MapPost("/infer/instance_segmentation", (Delegate)((HttpContext context) => InferAsync(context, Segmentation)))
            .Describe("Roboflow v1: boxes and masks", "The JSON body of Roboflow's client.", [RouteDescriptions.Json]);
        routes.MapPost("/infer/keypoints_detection", (Delegate)KeypointsAsync)
            .Describe("Roboflow v1: keypoints", "Always 400: no model here has keypoints.", [RouteDescriptions.Json]);
        routes.MapMethods("/{a}/{b}", [HttpMethods.Get, HttpMethods.Post], (Delegate)LegacyAsync).Describe(
            "Roboflow v0",
            "The body is base64 text, a form with a file, or an image (image/*); with GET the query names an address.",
            [RouteDescriptions.Text, RouteDescriptions.Form, RouteDescriptions.Image],
            ("confidence", "Only scores above this count; 1 and more is percent."), ("format", "json, image or image_and_json."),
            ("classes", "Keep these classes only."), ("labels", "Draw class names."), ("stroke", "Width of lines."),
            ("max_detections", "Most objects."), ("response_mask_format", "polygon or rle."), ("image", "An address."));
    }

    private Task InfoAsync(HttpContext context) => Answers.JsonAsync(
        context, new InfoDocument(ServerState.Name, ServerState.Version, state.Id.ToString()), RoboflowJson.Default.InfoDocument);

    private Task RegistryAsync(HttpContext context)
    {
        keys.Require(context, Rights.Infer);
        return WriteRegistryAsync(context);
    }

    private async Task AddAsync(HttpContext context)
    {
        string id = await ModelIdAsync(context).ConfigureAwait(false);
        LoadedModel model = await models.AddAsync(id).WaitAsync(context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers[HeaderNames.ModelLoadTime] =
            model.LoadTime.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        await WriteRegistryAsync(context).ConfigureAwait(false);
    }

    private async Task ReloadAsync(HttpContext context)
    {
        string id = await ModelIdAsync(context).ConfigureAwait(false);
        await models.ReloadAsync(id).WaitAsync(context.RequestAborted).ConfigureAwait(false);
        await WriteRegistryAsync(context).ConfigureAwait(false);
    }

    private async Task RemoveAsync(HttpContext context)
    {
        models.Remove(await ModelIdAsync(context).ConfigureAwait(false));
        await WriteRegistryAsync(context).ConfigureAwait(false);
    }

    private async Task ClearAsync(HttpContext context)
    {
        ModelRequest request = await ModelRequest.ReadAsync(context).ConfigureAwait(false);
        keys.Require(context, Rights.Models, request.ApiKey);
        models.Clear();
        await WriteRegistryAsync(context).ConfigureAwait(false);
    }

    private async Task<string> ModelIdAsync(HttpContext context)
    {
        ModelRequest request = await ModelRequest.ReadAsync(context).ConfigureAwait(false);
        keys.Require(context, Rights.Models, request.ApiKey);
        return request.Required;
    }

    private Task WriteRegistryAsync(HttpContext context) => Answers.JsonAsync(
        context, new RegistryDocument(
        [
            .. models.Listings().Select(m => new RegistryModel(
                m.Id, TaskOf(m.Info), m.Plan.MaxBatch, m.Info.InputHeight, m.Info.InputWidth,
                [.. m.Info.Classes.Entries.Select(e => e.Name)], m.Bytes))
        ]), RoboflowJson.Default.RegistryDocument);

    private async Task InferAsync(HttpContext context, string task)
    {
        using PooledBytes body = await PooledBytes.ReadAsync(
            context.Request, options.Limits.MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
        RoboflowRequest request = RoboflowRequest.Read(body.Memory, options.Limits);
        keys.Require(context, Rights.Infer, request.ApiKey);
        if (request.ModelId is not { Length: > 0 } id)
            throw ServeException.BadRequest(ErrorCodes.Body, "the body has no model_id");
        if (request.Images.Count == 0)
            throw ServeException.BadRequest(ErrorCodes.Body, "the body has no image");
        using ModelLease lease = models.Lease(id, keys.Has(context, Rights.Models));
        bool masks = task == Segmentation;
        if (masks && !lease.Model.Info.Has(Head.Masks))
            throw ServeException.BadRequest(ErrorCodes.Model, $"the model '{id}' does {Detection}, not {Segmentation}");
        IReadOnlyList<RoboflowResponse> responses = await DetectAsync(
            context, lease.Model, request.Images, request.Settings, masks, request.Id).ConfigureAwait(false);
        SetHeaders(context, id);
        await (request.IsList
            ? Answers.JsonAsync(context, responses, RoboflowJson.Default.IReadOnlyListRoboflowResponse)
            : Answers.JsonAsync(context, responses[0], RoboflowJson.Default.RoboflowResponse)).ConfigureAwait(false);
    }

    private async Task KeypointsAsync(HttpContext context)
    {
        ModelRequest request = await ModelRequestOfAsync(context).ConfigureAwait(false);
        keys.Require(context, Rights.Infer, request.ApiKey);
        throw ServeException.BadRequest(ErrorCodes.Model, "no model here finds keypoints");
    }

    private async Task<ModelRequest> ModelRequestOfAsync(HttpContext context)
    {
        using PooledBytes body = await PooledBytes.ReadAsync(
            context.Request, options.Limits.MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
        RoboflowRequest request = RoboflowRequest.Read(body.Memory, options.Limits);
        return new ModelRequest(request.ModelId, request.ApiKey);
    }

    private async Task LegacyAsync(HttpContext context)
    {
        ReservedSegments.Refuse(context, context.RequestServices.GetServices<EndpointDataSource>());
        HttpRequest request = context.Request;
        QueryValues query = QueryValues.Of(request);
        bool form = FormBody.Is(request);
        if (!form || KeyGate.KeyOf(request) is not null)
            keys.Require(context, Rights.Infer);
        using UploadedImages? upload = form
            ? await UploadedImages.ReadFormAsync(context, options.Limits).ConfigureAwait(false)
            : null;
        keys.Require(context, Rights.Infer, upload?.Form?["api_key"]);
        string id = $"{request.RouteValues["a"]}/{request.RouteValues["b"]}";
        using ModelLease lease = models.Lease(id, keys.Has(context, Rights.Models));
        lease.Model.Batcher.EnsureRoom(RequestScope.Of(context).Remaining());
        RoboflowSettings settings = LegacySettings(query);
        string format = query.Text("format")?.ToLowerInvariant() ?? "json";
        if (format is not ("json" or "image" or "image_and_json"))
            throw ServeException.BadRequest(
                ErrorCodes.Parameter, $"format is '{ServeException.Shown(format)}', expected json, image or image_and_json");
        settings = settings with { Visualize = format is not "json" };

        using PooledBytes? body = form || HttpMethods.IsGet(request.Method)
            ? null
            : await PooledBytes.ReadAsync(request, options.Limits.MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
        NamedImage image = LegacyImage(request, query, upload, body);
        IReadOnlyList<RoboflowResponse> responses = await DetectAsync(
            context, lease.Model, [image], settings, lease.Model.Info.Has(Head.Masks), null).ConfigureAwait(false);
        SetHeaders(context, id);
        await (format == "image"
            ? Answers.BytesAsync(context, Convert.FromBase64String(responses[0].Visualization!), "image/jpeg")
            : Answers.JsonAsync(context, responses[0], RoboflowJson.Default.RoboflowResponse)).ConfigureAwait(false);
    }

    private static NamedImage LegacyImage(HttpRequest request, QueryValues query, UploadedImages? upload, PooledBytes? body)
    {
        if (upload is { Images.Count: > 0 })
            return new NamedImage(upload.Images[0].Bytes, null);
        if (query.Text("image") is { } address)
            return new NamedImage(null, address);
        if (body is not { Length: > 0 })
            throw ServeException.BadRequest(ErrorCodes.Body, "there is no image: neither a body nor a query value image");
        bool isImage = request.ContentType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true;
        return new NamedImage(isImage ? body.Memory : Base64Image.DecodeInPlace(body.Memory), null);
    }

    private static RoboflowSettings LegacySettings(QueryValues query)
    {
        float? confidence = RoboflowSettings.DefaultConfidence;
        if (query.Text("confidence") is { } text)
        {
            // 1 and more is percent.
            confidence = text is "best" or "default" ? null : query.Number("confidence", 0, 100) is >= 1 and { } percent
                ? percent / 100
                : query.Number("confidence", 0, 100);
            if (confidence is { } value)
                confidence = Math.Max(value, 0.01f);
        }

        string[] classes = query.Texts("classes");
        return new RoboflowSettings
        {
            Confidence = confidence,
            ClassFilter = classes.Length == 0 ? null : [.. classes.SelectMany(ClassList.Split)],
            Nms = query.Flag("nms") ?? false,
            IouThreshold = query.Number("overlap", 0, 100) is { } overlap ? overlap > 1 ? overlap / 100 : overlap : 0.3f,
            MaxDetections = query.Whole("max_detections", 0, 1_000_000) ?? 300,
            VisualizeLabels = query.Flag("labels") ?? false,
            Stroke = query.Whole("stroke", 0, 1000) ?? 1,
            MasksAsRle = RoboflowSettings.IsRle(query.Text("response_mask_format")),
        };
    }

    private async Task<IReadOnlyList<RoboflowResponse>> DetectAsync(
        HttpContext context, LoadedModel model, IReadOnlyList<NamedImage> images, RoboflowSettings settings, bool masks,
            string? id)
    {
        var fetched = new List<PooledBytes>();
        try
        {
            var bytes = new ReadOnlyMemory<byte>[images.Count];
            for (int i = 0; i < bytes.Length; i++)
            {
                if (images[i].Bytes is { } given)
                {
                    bytes[i] = given;
                    continue;
                }

                PooledBytes body = await urls.FetchAsync(
                    images[i].Address!, RequestScope.Of(context).Budget, context.RequestAborted).ConfigureAwait(false);
                fetched.Add(body);
                bytes[i] = body.Memory;
            }

            IReadOnlyList<Detections> found = await inference.DetectAsync(
                context, model, bytes, settings.Detect(model.Info, masks)).ConfigureAwait(false);
            var responses = new RoboflowResponse[found.Count];
            for (int i = 0; i < responses.Length; i++)
            {
                Detections kept = found[i] with { Items = settings.Keep(found[i]) };
                byte[]? drawn = settings.Visualize
                    ? await DrawnImage.EncodeAsync(
                        bytes[i], kept, options.Limits, ImageFormat.Jpeg, settings.Draw, context.RequestAborted)
                            .ConfigureAwait(false)
                    : null;
                responses[i] = Response(context, kept, settings, masks, id, drawn);
            }

            return responses;
        }
        finally
        {
            foreach (PooledBytes body in fetched)
                body.Dispose();
        }
    }

    private static RoboflowResponse Response(
        HttpContext context, Detections found, RoboflowSettings settings, bool masks, string? id, byte[]? drawn) => new()
        {
            InferenceId = id ?? RequestScope.Of(context).Id,
            Time = Math.Round(Stopwatch.GetElapsedTime(RequestScope.Of(context).Started).TotalSeconds, 6),
            Image = new RoboflowImage(found.Width, found.Height),
            Visualization = drawn is null ? null : Convert.ToBase64String(drawn),
            Predictions = [.. found.Items.Select(d => Prediction(d, settings, masks)).OfType<RoboflowPrediction>()],
        };

    private static RoboflowPrediction? Prediction(Detection d, RoboflowSettings settings, bool masks)
    {
        BoxXyxy box = d.Box;
        var prediction = new RoboflowPrediction
        {
            X = (box.X1 + box.X2) / 2,
            Y = (box.Y1 + box.Y2) / 2,
            Width = box.X2 - box.X1,
            Height = box.Y2 - box.Y1,
            Confidence = d.Score,
            Class = d.ClassName,
            ClassId = d.ClassId,
            DetectionId = Guid.NewGuid(),
        };
        if (!masks || d.Mask is not { } mask)
            return prediction;
        if (settings.MasksAsRle)
            return prediction with { Rle = MaskDocument.Of(mask), MaskFormat = "rle" };
        // The outer border with the most points, as the original's cv2 finds it.
        IReadOnlyList<PixelPoint> points = d.Polygons().Where(p => !p.IsHole)
            .MaxBy(p => p.Points.Count)?.Points ?? [];
        return prediction with { Points = [.. points.Select(p => new RoboflowPoint(p.X, p.Y))], MaskFormat = "polygon" };
    }

    private static void SetHeaders(HttpContext context, string id)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers[HeaderNames.ModelId] = id;
        headers[HeaderNames.ModelColdStart] = "false"; // a request that finds its model not loaded is told so, and does not wait
        headers[HeaderNames.ProcessingTime] =
            Stopwatch.GetElapsedTime(RequestScope.Of(context).Started)
                .TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture);
    }

    private static string TaskOf(ModelInfo model) => model.Has(Head.Masks) ? Segmentation : Detection;
}

/// <summary>Keeps the route <c>/{a}/{b}</c> away from first segments that belong to other routes.</summary>
internal static class ReservedSegments
{
    private static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "info", "model", "infer", "detect", "stream", "v1", "v2", "healthz", "readiness", "metrics", "openapi", "ui",
    };

    /// <summary>Refuses a path that only the wrong method, or nothing at all, led to that route.</summary>
    /// <exception cref="ServeException">404, or 405 where the path takes another method.</exception>
    public static void Refuse(HttpContext context, IEnumerable<EndpointDataSource> routes)
    {
        string path = context.Request.Path.Value!;
        if (!s_reserved.Contains(path.Split('/')[1]))
            return;
        string[] methods =
        [
            .. routes.SelectMany(r => r.Endpoints).OfType<RouteEndpoint>()
                .Where(e => path.Equals(e.RoutePattern.RawText, StringComparison.OrdinalIgnoreCase))
                .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Distinct()
        ];
        if (methods.Length == 0)
            throw new ServeException(
                StatusCodes.Status404NotFound, ErrorCodes.Route, $"there is no '{ServeException.Shown(path)}' here");
        context.Response.Headers.Allow = string.Join(", ", methods);
        throw new ServeException(
            StatusCodes.Status405MethodNotAllowed, ErrorCodes.Method,
            $"'{ServeException.Shown(path)}' does not take {context.Request.Method}, only {string.Join(", ", methods)}");
    }
}
