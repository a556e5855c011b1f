using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;

namespace RfDetr.Serve;

/// <summary>The routes of DeepStack and CodeProject.AI: camera recorders and home automation speak them.</summary>
internal sealed class DeepStackRoutes(
    ServeOptions options, ModelRegistry models, InferenceService inference, KeyGate keys, TimeProvider clock)
{
    private const float DefaultConfidence = 0.4f;
    private const string Module = "ObjectDetectionRfDetr";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/vision/detection", (Delegate)((HttpContext context) => DetectAsync(context, null))).Describe(
            "DeepStack: objects in an image", "A form with the file `image` and the field `min_confidence` (default 0.4).",
            [RouteDescriptions.Form]);
        routes.MapMethods("/v1/vision/custom/list", [HttpMethods.Get, HttpMethods.Post], (Delegate)ListAsync).Describe(
            "DeepStack: the models", "Names for /v1/vision/custom/NAME.");
        routes.MapPost("/v1/vision/custom/{name}", (Delegate)((HttpContext context) => DetectAsync(
            context, (string?)context.Request.RouteValues["name"]))).Describe(
            "DeepStack: objects in an image by a named model", "As /v1/vision/detection; names ignore case and the ending .onnx.",
            [RouteDescriptions.Form]);
        foreach (string ping in (string[])["/v1/status/ping", "/v1/server/status/ping"])
            routes.MapMethods(ping, [HttpMethods.Get, HttpMethods.Post], (Delegate)PingAsync)
                .Describe("DeepStack: is it there?", "");
        routes.MapMethods("/v1/status/version", [HttpMethods.Get, HttpMethods.Post], (Delegate)VersionAsync).Describe(
            "DeepStack: the version", "");
        routes.MapMethods("/v1/status/updateavailable", [HttpMethods.Get, HttpMethods.Post], (Delegate)UpdateAsync).Describe(
            "DeepStack: is there a newer version?", "Never: Blue Iris asks before it believes the server.");
    }

    private static Task PingAsync(HttpContext context) => Answers.JsonAsync(
        context, new DeepStackStatus { Message = "pong" }, DeepStackJson.Default.DeepStackStatus);

    private static Task VersionAsync(HttpContext context) => Answers.JsonAsync(
        context, new DeepStackStatus { Message = ServerState.Version, Version = DeepStackVersion.Own },
        DeepStackJson.Default.DeepStackStatus);

    private static Task UpdateAsync(HttpContext context) => Answers.JsonAsync(
        context, new DeepStackUpdate
        {
            Message = "This is the newest version",
            Current = DeepStackVersion.Own,
            Latest = DeepStackVersion.Own,
            Version = DeepStackVersion.Own,
        }, DeepStackJson.Default.DeepStackUpdate);

    private async Task ListAsync(HttpContext context)
    {
        string? key = null;
        if (FormBody.Is(context.Request) && KeyGate.KeyOf(context.Request) is null)
        {
            using FormBody form = await FormBody.ReadAsync(context, options.Limits).ConfigureAwait(false);
            key = form["api_key"];
        }

        keys.Require(context, Rights.Infer, key);
        await Answers.JsonAsync(
            context, new DeepStackModels
            {
                Models = [.. models.Listings().Select(m => m.Id).Where(id => !id.Contains('/'))], // no name of a route has one
                ModuleId = Module,
                TimestampUtc = Now(),
            }, DeepStackJson.Default.DeepStackModels).ConfigureAwait(false);
    }

    private async Task DetectAsync(HttpContext context, string? name)
    {
        RequestScope scope = RequestScope.Of(context);
        if (KeyGate.KeyOf(context.Request) is not null)
            keys.Require(context, Rights.Infer);
        using UploadedImages upload = await UploadedImages.ReadFormAsync(context, options.Limits).ConfigureAwait(false);
        FormBody form = upload.Form!;
        keys.Require(context, Rights.Infer, form["api_key"]);
        string? id = name is null ? null : models.FindIgnoringCase(name) ?? name;
        using ModelLease lease = models.Lease(id, keys.Has(context, Rights.Models));
        LoadedModel model = lease.Model;
        float least = QueryValues.Of(form).Number("min_confidence", 0, 1) ?? DefaultConfidence;
        long began = Stopwatch.GetTimestamp();
        IReadOnlyList<Detections> found = await inference.DetectAsync(
            context, model, [upload.Images[0].Bytes], new DetectOptions { ScoreThreshold = least, Heads = [Head.Boxes] })
            .ConfigureAwait(false);
        // In falling order, and no more than clients have room for.
        DeepStackPrediction[] predictions =
        [
            .. found[0].Items.Where(d => IsWanted(d.ClassName)).OrderByDescending(d => d.Score).Take(options.DeepStackMax)
                .Select(d => Prediction(d, found[0]))
        ];
        await Answers.JsonAsync(
            context, new DeepStackAnswer
            {
                Message = predictions.Length == 0
                    ? "No objects found"
                    : "Found " + string.Join(", ", predictions.Take(3).Select(p => p.Label)),
                Count = predictions.Length,
                Predictions = predictions,
                ModuleId = Module,
                ExecutionProvider = model.Info.Engine.Contains("CPU", StringComparison.Ordinal) ? "CPU" : model.Info.Engine,
                CanUseGpu = options.Engine is Engine.OnnxRuntime { Providers.Count: > 0 },
                InferenceMs = Ms(found[0].Times.InferenceMs),
                ProcessMs = Ms(StageClock.Ms(began)),
                AnalysisRoundTripMs = Ms(StageClock.Ms(scope.Started)),
                TimestampUtc = Now(),
            }, DeepStackJson.Default.DeepStackAnswer).ConfigureAwait(false);
    }

    private bool IsWanted(string label) =>
        options.DeepStackLabels.Count == 0 || options.DeepStackLabels.Contains(label, StringComparer.OrdinalIgnoreCase);

    private string Now() => clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);

    private static int Ms(double ms) => (int)Math.Min(int.MaxValue, Math.Round(ms));

    private static DeepStackPrediction Prediction(Detection d, Detections image) => new(
        d.ClassName, d.Score, Pixel(d.Box.X1, image.Width), Pixel(d.Box.Y1, image.Height), Pixel(d.Box.X2, image.Width),
        Pixel(d.Box.Y2, image.Height));

    private static int Pixel(float value, int most) => Math.Clamp((int)MathF.Round(value), 0, most);
}

/// <summary>An object in DeepStack's words; sides are whole pixels.</summary>
internal sealed record DeepStackPrediction(string Label, float Confidence, int XMin, int YMin, int XMax, int YMax);

/// <summary>The answer to an image.</summary>
internal sealed record DeepStackAnswer
{
    public bool Success { get; init; } = true;

    public required string Message { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Error { get; init; }

    public required int Count { get; init; }

    public required IReadOnlyList<DeepStackPrediction> Predictions { get; init; }

    public string Command { get; init; } = "detect";

    [JsonPropertyName("moduleId")]
    public required string ModuleId { get; init; }

    [JsonPropertyName("executionProvider")]
    public required string ExecutionProvider { get; init; }

    [JsonPropertyName("canUseGPU")]
    public required bool CanUseGpu { get; init; }

    [JsonPropertyName("inferenceMs")]
    public required int InferenceMs { get; init; }

    [JsonPropertyName("processMs")]
    public required int ProcessMs { get; init; }

    [JsonPropertyName("analysisRoundTripMs")]
    public required int AnalysisRoundTripMs { get; init; }

    [JsonPropertyName("timestampUTC")]
    public required string TimestampUtc { get; init; }
}

/// <summary>The list of models.</summary>
internal sealed record DeepStackModels
{
    public bool Success { get; init; } = true;

    public required IReadOnlyList<string> Models { get; init; }

    [JsonPropertyName("moduleId")]
    public required string ModuleId { get; init; }

    [JsonPropertyName("timestampUTC")]
    public required string TimestampUtc { get; init; }
}

/// <summary>The answer to a ping.</summary>
internal sealed record DeepStackStatus
{
    public bool Success { get; init; } = true;

    public required string Message { get; init; }

    public DeepStackVersion? Version { get; init; }
}

/// <summary>The answer to the question for updates.</summary>
internal sealed record DeepStackUpdate
{
    public bool Success { get; init; } = true;

    [JsonPropertyName("updateAvailable")]
    public bool UpdateAvailable { get; init; }

    public required string Message { get; init; }

    public required DeepStackVersion Current { get; init; }

    public required DeepStackVersion Latest { get; init; }

    public required DeepStackVersion Version { get; init; }
}

/// <summary>A version in CodeProject.AI's words.</summary>
internal sealed record DeepStackVersion
{
    public int Major { get; init; }

    public int Minor { get; init; }

    public int Patch { get; init; }

    [JsonPropertyName("preRelease")]
    public string PreRelease { get; init; } = "";

    [JsonPropertyName("securityUpdate")]
    public bool SecurityUpdate { get; init; }

    public int Build { get; init; }

    public string File { get; init; } = "";

    [JsonPropertyName("releaseNotes")]
    public string ReleaseNotes { get; init; } = "";

    /// <summary>This server's.</summary>
    public static DeepStackVersion Own { get; } = Of(ServerState.Version);

    private static DeepStackVersion Of(string version)
    {
        string[] halves = version.Split('-', 2);
        int[] numbers = [.. halves[0].Split('.').Select(n => int.TryParse(n, CultureInfo.InvariantCulture, out int v) ? v : 0)];
        return new DeepStackVersion
        {
            Major = numbers.ElementAtOrDefault(0),
            Minor = numbers.ElementAtOrDefault(1),
            Patch = numbers.ElementAtOrDefault(2),
            PreRelease = halves.Length > 1 ? halves[1] : "",
        };
    }
}

/// <summary>Compiled serialization of what DeepStack's clients read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeepStackAnswer))]
[JsonSerializable(typeof(DeepStackModels))]
[JsonSerializable(typeof(DeepStackStatus))]
[JsonSerializable(typeof(DeepStackUpdate))]
internal sealed partial class DeepStackJson : JsonSerializerContext;
