using System.Buffers;
using System.Text.Json;

namespace RfDetr.Serve;

/// <summary>The settings of a request by Roboflow's words.</summary>
internal sealed record RoboflowSettings
{
    public const float DefaultConfidence = 0.4f;

    /// <summary>Only scores above this count; null: the model's own best threshold, else 0.4.</summary>
    public float? Confidence { get; init; } = DefaultConfidence;

    /// <summary>Classes to keep; null, and as in the original an empty list too: all.</summary>
    public IReadOnlyList<string>? ClassFilter { get; init; }

    /// <summary>True removes overlapping boxes, which RF-DETR does not need: it is no setting of the original.</summary>
    public bool Nms { get; init; }

    public bool ClassAgnosticNms { get; init; }

    public float IouThreshold { get; init; } = 0.3f;

    public int MaxDetections { get; init; } = 300;

    public bool Visualize { get; init; }

    public bool VisualizeLabels { get; init; }

    public int Stroke { get; init; } = 1;

    /// <summary>True gives run lengths in place of polygons.</summary>
    public bool MasksAsRle { get; init; }

    public DrawOptions Draw => new() { ShowLabels = VisualizeLabels, LineWidth = Math.Clamp(Stroke, 1, 1000) };

    public DetectOptions Detect(ModelInfo model, bool masks) => new()
    {
        ScoreThreshold = Confidence ?? (float)(model.BestThreshold ?? DefaultConfidence),
        Heads = masks ? null : [Head.Boxes],
    };

    /// <summary>The response format of masks.</summary>
    /// <exception cref="ServeException">400: another word.</exception>
    public static bool IsRle(string? format) => format?.ToLowerInvariant() switch
    {
        null or "polygon" => false,
        "rle" => true,
        _ => throw ServeException.BadRequest(
            ErrorCodes.Parameter, $"response_mask_format is '{ServeException.Shown(format)}', expected polygon or rle"),
    };

    /// <summary>The objects of an image that remain.</summary>
    public IReadOnlyList<Detection> Keep(Detections found)
    {
        IEnumerable<Detection> items = found.Items;
        if (ClassFilter is { Count: > 0 } filter)
            items = items.Where(d => filter.Contains(d.ClassName, StringComparer.Ordinal));
        if (Nms)
        {
            Detection[] all = [.. items];
            int[] kept = NonMaximumSuppression.Run(
                [.. all.Select(d => d.Box)], [.. all.Select(d => d.Score)],
                [.. all.Select(d => ClassAgnosticNms ? 0 : d.ClassId)], IouThreshold);
            items = kept.Select(i => all[i]);
        }

        return [.. items.Take(MaxDetections)];
    }
}

/// <summary>An image as a client names it.</summary>
/// <param name="Bytes">The encoded image; null if it must be fetched.</param>
/// <param name="Address">The address it is to be fetched from.</param>
internal readonly record struct NamedImage(ReadOnlyMemory<byte>? Bytes, string? Address);

/// <summary>The JSON body of Roboflow's v1 routes; images are decoded where they lie in the body.</summary>
internal sealed class RoboflowRequest
{
    private const int MaxTexts = 4096;

    private RoboflowRequest()
    {
    }

    public string? ApiKey { get; private set; }

    public string? ModelId { get; private set; }

    public string? Id { get; private set; }

    public RoboflowSettings Settings { get; private set; } = new();

    /// <summary>True if the images came as a list, which the answer then is too.</summary>
    public bool IsList { get; private set; }

    public IReadOnlyList<NamedImage> Images { get; private set; } = [];

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body; the base64 text in it is overwritten by what it stands for.</param>
    /// <param name="limits">How many images there may be.</param>
    /// <exception cref="ServeException">400: a field is not what it must be.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static RoboflowRequest Read(Memory<byte> body, RequestLimits limits)
    {
        var request = new RoboflowRequest();
        var reader = new Utf8JsonReader(body.Span);
        var found = new List<FoundImage>();
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw ServeException.BadRequest(ErrorCodes.Body, "the body is no JSON object");
        RoboflowSettings s = request.Settings;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
                continue;
            switch (name)
            {
                case "api_key":
                    request.ApiKey = Text(ref reader, name);
                    break;
                case "model_id":
                    request.ModelId = Text(ref reader, name);
                    break;
                case "id":
                    request.Id = Text(ref reader, name);
                    break;
                case "image":
                    request.IsList = reader.TokenType == JsonTokenType.StartArray;
                    ReadImages(ref reader, found, limits.MaxImages);
                    break;
                case "confidence":
                    s = s with { Confidence = ReadConfidence(ref reader) };
                    break;
                case "class_filter":
                    s = s with { ClassFilter = Texts(ref reader, name) };
                    break;
                case "nms":
                    s = s with { Nms = Flag(ref reader, name) };
                    break;
                case "class_agnostic_nms":
                    s = s with { ClassAgnosticNms = Flag(ref reader, name) };
                    break;
                case "iou_threshold":
                    s = s with { IouThreshold = Number(ref reader, name, 0, 1) };
                    break;
                case "max_detections":
                    s = s with { MaxDetections = (int)Number(ref reader, name, 0, 1_000_000) };
                    break;
                case "visualize_predictions":
                    s = s with { Visualize = Flag(ref reader, name) };
                    break;
                case "visualization_labels":
                    s = s with { VisualizeLabels = Flag(ref reader, name) };
                    break;
                case "visualization_stroke_width":
                    s = s with { Stroke = (int)Number(ref reader, name, 0, 1000) };
                    break;
                case "response_mask_format":
                    s = s with { MasksAsRle = RoboflowSettings.IsRle(Text(ref reader, name)) };
                    break;
                default:
                    reader.Skip(); // settings of features that there are not here
                    break;
            }
        }

        request.Settings = s;
        request.Images = [.. found.Select(f => f.Decode(body))];
        return request;
    }

    private static void ReadImages(ref Utf8JsonReader reader, List<FoundImage> found, int most)
    {
        found.Clear();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            found.Add(ReadImage(ref reader));
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
            throw ServeException.BadRequest(
                ErrorCodes.Body, "image is no object {\"type\", \"value\"} and no list of such objects");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw ServeException.BadRequest(ErrorCodes.Body, "an entry of image is no object {\"type\", \"value\"}");
            if (found.Count == most)
                throw new ServeException(
                    StatusCodes.Status413PayloadTooLarge, ErrorCodes.Images,
                        Invariant.Text($"the limit is {most} images a request"));
            found.Add(ReadImage(ref reader));
        }
    }

    private static FoundImage ReadImage(ref Utf8JsonReader reader)
    {
        string? type = null;
        (int Start, int Length, bool Escaped)? value = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8), isValue = reader.ValueTextEquals("value"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
                type = reader.GetString();
            else if (isValue && reader.TokenType == JsonTokenType.String)
                value = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, reader.ValueIsEscaped);
            else
                reader.Skip();
        }

        if (value is not { } v)
            throw ServeException.BadRequest(ErrorCodes.Body, "an image has no text as its value");
        return type switch
        {
            "base64" or null => new FoundImage(v.Start, v.Length, v.Escaped, IsAddress: false),
            "url" => new FoundImage(v.Start, v.Length, v.Escaped, IsAddress: true),
            _ => throw ServeException.BadRequest(
                ErrorCodes.Body,
                    $"an image is of type '{ServeException.Shown(type)}'; expected base64 or url (files of the server and "
                + "pickled arrays are never read)"),
        };
    }

    private static float? ReadConfidence(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && reader.GetString() is "best" or "default")
            return null;
        return Number(ref reader, "confidence", 0, 1);
    }

    private static string Text(ref Utf8JsonReader reader, string name) => reader.TokenType == JsonTokenType.String
        ? reader.GetString()!
        : throw Bad(name, "a text");

    private static bool Flag(ref Utf8JsonReader reader, string name) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Bad(name, "true or false"),
    };

    private static float Number(ref Utf8JsonReader reader, string name, float least, float most) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetSingle(out float value) && value >= least && value <= most
            ? value
            : throw Bad(name, Invariant.Text($"a number from {least} to {most}"));

    private static List<string> Texts(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Bad(name, "a list of texts");
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (texts.Count == MaxTexts)
                throw Bad(name, Invariant.Text($"at most {MaxTexts} texts"));
            texts.Add(Text(ref reader, name));
        }

        return texts;
    }

    private static ServeException Bad(string name, string expected) =>
        ServeException.BadRequest(ErrorCodes.Parameter, $"{name} is not {expected}");

    private readonly record struct FoundImage(int Start, int Length, bool IsEscaped, bool IsAddress)
    {
        public NamedImage Decode(Memory<byte> body)
        {
            Memory<byte> text = body.Slice(Start, Length);
            if (IsEscaped)
                text = text[..Unescape(text.Span)];
            return IsAddress
                ? new NamedImage(null, System.Text.Encoding.UTF8.GetString(text.Span))
                : new NamedImage(Base64Image.DecodeInPlace(text), null);
        }

        // Some writers escape the slashes of base64.
        private static int Unescape(Span<byte> text)
        {
            byte[] quoted = ArrayPool<byte>.Shared.Rent(text.Length + 2);
            try
            {
                quoted[0] = (byte)'"';
                text.CopyTo(quoted.AsSpan(1));
                quoted[text.Length + 1] = (byte)'"';
                var reader = new Utf8JsonReader(quoted.AsSpan(0, text.Length + 2));
                reader.Read();
                return reader.CopyString(text);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(quoted);
            }
        }
    }
}

/// <summary>The JSON body <c>{"model_id", "api_key"}</c>.</summary>
/// <param name="ModelId">The model.</param>
/// <param name="ApiKey">The key.</param>
internal sealed record ModelRequest(string? ModelId, string? ApiKey)
{
    /// <summary>Reads a small body; nothing of it is needed where it is empty.</summary>
    public static async Task<ModelRequest> ReadAsync(HttpContext context)
    {
        using PooledBytes body =
            await PooledBytes.ReadAsync(context.Request, 64 * 1024, context.RequestAborted).ConfigureAwait(false);
        if (body.Length == 0)
            return new ModelRequest(null, null);
        using var json = JsonDocument.Parse(body.Memory);
        return json.RootElement.ValueKind == JsonValueKind.Object
            ? new ModelRequest(Text(json.RootElement, "model_id"), Text(json.RootElement, "api_key"))
            : throw ServeException.BadRequest(ErrorCodes.Body, "the body is no JSON object {\"model_id\"}");
    }

    /// <summary>The model's id.</summary>
    /// <exception cref="ServeException">400: there is none.</exception>
    public string Required => ModelId is { Length: > 0 } id
        ? id
        : throw ServeException.BadRequest(ErrorCodes.Body, "the body has no model_id");

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
