using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RfDetr.Serve;

/// <summary>
/// The v2 protocol over HTTP: JSON, and JSON followed by tensors in binary. In JSON a byte string is base64.
/// </summary>
internal static class V2Codec
{
    private const int MaxInputs = 16;

    /// <summary>A request and the form that its answer shall have.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="BinaryOutputs">True or false for outputs of which the request says whether they shall be binary.</param>
    /// <param name="AllBinary">True if all others shall be.</param>
    public sealed record Parsed(V2Request Request, IReadOnlyDictionary<string, bool> BinaryOutputs, bool AllBinary)
    {
        public bool IsBinary(string output) => BinaryOutputs.GetValueOrDefault(output, AllBinary);
    }

    /// <summary>Reads a body.</summary>
    /// <param name="body">JSON, and the binary tensors after it.</param>
    /// <param name="header">Value of <c>Inference-Header-Content-Length</c>; empty: all is JSON.</param>
    /// <exception cref="ServeException">400.</exception>
    public static Parsed Read(ReadOnlyMemory<byte> body, string header)
    {
        int length = body.Length;
        if (header.Length > 0 && (!int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out length)
            || length > body.Length))
        {
            throw Bad(Invariant.Text(
                $"{HeaderNames.InferenceHeaderLength} is '{ServeException.Shown(header)}', but the body has "
                    + $"{body.Length} bytes"));
        }

        using var json = JsonDocument.Parse(body[..length]);
        JsonElement root = json.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw Bad("the body is no JSON object");
        ReadOnlyMemory<byte> binary = body[length..];
        var inputs = new List<V2Tensor>();
        foreach (JsonElement input in List(root, "inputs"))
        {
            if (inputs.Count == MaxInputs)
                throw Bad(Invariant.Text($"there are more than {MaxInputs} inputs"));
            inputs.Add(ReadInput(input, ref binary));
        }

        if (binary.Length > 0)
            throw Bad(Invariant.Text($"{binary.Length} bytes follow the last binary tensor"));
        JsonElement parameters = Member(root, "parameters");
        var binaryOutputs = new Dictionary<string, bool>(StringComparer.Ordinal);
        List<string>? outputs = null;
        foreach (JsonElement output in List(root, "outputs"))
        {
            string name = Text(output, "name") ?? throw Bad("an output has no name");
            (outputs ??= []).Add(name);
            if (Flag(Member(output, "parameters"), "binary_data") is { } binaryOutput)
                binaryOutputs[name] = binaryOutput;
        }

        var request = new V2Request
        {
            Id = Text(root, "id"),
            Inputs = inputs,
            Outputs = outputs,
            Confidence = Confidence(parameters),
            Classes = Classes(parameters),
        };
        return new Parsed(request, binaryOutputs, Flag(parameters, "binary_data_output") == true);
    }

    /// <summary>True if the body of a question for the models wants those only that are loaded.</summary>
    public static async Task<bool> ReadReadyAsync(HttpContext context)
    {
        using PooledBytes body =
            await PooledBytes.ReadAsync(context.Request, 64 * 1024, context.RequestAborted).ConfigureAwait(false);
        if (body.Length == 0)
            return false;
        using var json = JsonDocument.Parse(body.Memory);
        return Flag(json.RootElement, "ready") == true;
    }

    /// <summary>Writes an answer; the second value is the length of its JSON if tensors follow it.</summary>
    public static (ReadOnlyMemory<byte> Body, int? JsonLength) Write(
        string model, string? id, IReadOnlyList<V2Tensor> outputs, Parsed parsed)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, JsonStyle.Compact))
        {
            json.WriteStartObject();
            json.WriteString("model_name", model);
            json.WriteString("model_version", "1");
            if (id is not null)
                json.WriteString("id", id);
            json.WriteStartArray("outputs");
            foreach (V2Tensor output in outputs)
                WriteOutput(json, output, parsed.IsBinary(output.Name));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        V2Tensor[] binary = [.. outputs.Where(o => parsed.IsBinary(o.Name))];
        int length = (int)stream.Length;
        foreach (V2Tensor output in binary)
        {
            byte[] bytes = new byte[output.BinarySize];
            output.Write(bytes);
            stream.Write(bytes);
        }

        return (stream.GetBuffer().AsMemory(0, (int)stream.Length), binary.Length > 0 ? length : null);
    }

    private static void WriteOutput(Utf8JsonWriter json, V2Tensor output, bool binary)
    {
        json.WriteStartObject();
        json.WriteString("name", output.Name);
        json.WriteString("datatype", output.Datatype);
        json.WriteStartArray("shape");
        foreach (long size in output.Shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        if (binary)
        {
            json.WriteStartObject("parameters");
            json.WriteNumber("binary_data_size", output.BinarySize);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("data");
            foreach (float value in output.Floats)
                WriteFinite(json, value);
            foreach (int value in output.Ints)
                json.WriteNumberValue(value);
            foreach (ReadOnlyMemory<byte> value in output.Bytes)
                json.WriteStringValue(value.Span);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    // JSON has no number for infinity and NaN.
    private static void WriteFinite(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteNullValue();
    }

    private static V2Tensor ReadInput(JsonElement input, ref ReadOnlyMemory<byte> binary)
    {
        string name = Text(input, "name") ?? throw Bad("an input has no name");
        string datatype = Text(input, "datatype") ?? throw Bad($"the input '{ServeException.Shown(name)}' has no datatype");
        long[] shape =
        [
            .. List(input, "shape").Select(s => s.ValueKind == JsonValueKind.Number && s.TryGetInt64(out long v)
                ? v
                : throw Bad($"the shape of '{ServeException.Shown(name)}' is not made of whole numbers"))
        ];
        var tensor = new V2Tensor(name, datatype, shape);
        JsonElement size = Member(Member(input, "parameters"), "binary_data_size");
        if (size.ValueKind == JsonValueKind.Number)
        {
            if (!size.TryGetInt32(out int bytes) || bytes < 0 || bytes > binary.Length)
                throw Bad(Invariant.Text(
                    $"'{ServeException.Shown(name)}' claims more binary data than the {binary.Length} bytes left"));
            ReadOnlyMemory<byte> own = binary[..bytes];
            binary = binary[bytes..];
            return tensor.WithBinary(own);
        }

        JsonElement data = Member(input, "data");
        if (data.ValueKind != JsonValueKind.Array)
            throw Bad($"the input '{ServeException.Shown(name)}' has no data");
        return (datatype switch
        {
            V2Tensor.ByteStrings => tensor with { Bytes = [.. Flat(data).Select(Base64)] },
            V2Tensor.Fp32 => tensor with { Floats = Floats(data) },
            _ => throw Bad(
                $"the input '{ServeException.Shown(name)}' is of {ServeException.Shown(datatype)}; expected FP32 or BYTES"),
        }).Checked();
    }

    private static float[] Floats(JsonElement data)
    {
        var values = new List<float>(data.GetArrayLength());
        foreach (JsonElement value in Flat(data))
            values.Add(value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float v)
                ? v
                : throw Bad("the data of an FP32 input has something that is no number"));
        return [.. values];
    }

    // Nested lists are as good as flat ones.
    private static IEnumerable<JsonElement> Flat(JsonElement data) => data.EnumerateArray()
        .SelectMany(e => e.ValueKind == JsonValueKind.Array ? Flat(e) : [e]);

    private static ReadOnlyMemory<byte> Base64(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out byte[]? bytes)
            ? bytes
            : throw ServeException.BadRequest(ErrorCodes.Image, "an image is not valid base64 text");

    private static float? Confidence(JsonElement parameters)
    {
        JsonElement value = Member(parameters, "confidence");
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return null;
        // Parameters of some clients are texts.
        float number = float.NaN;
        bool isNumber = value.ValueKind == JsonValueKind.String
            ? float.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number)
            : value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out number);
        return isNumber && number is >= 0 and <= 1
            ? number
            : throw ServeException.BadRequest(ErrorCodes.Parameter, "confidence is not a number from 0 to 1");
    }

    private static string[] Classes(JsonElement parameters)
    {
        JsonElement value = Member(parameters, "classes");
        return value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => [],
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array when value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String) =>
                [.. value.EnumerateArray().Select(e => e.GetString()!)],
            _ => throw ServeException.BadRequest(ErrorCodes.Parameter, "classes is no text and no list of texts"),
        };
    }

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    private static IEnumerable<JsonElement> List(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool? Flag(JsonElement element, string name) => Member(element, name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static ServeException Bad(string message) => ServeException.BadRequest(ErrorCodes.Body, message);
}

/// <summary>The server in the v2 protocol's words.</summary>
internal sealed record V2Server(string Name, string Version, IReadOnlyList<string> Extensions);

/// <summary>A model in the v2 protocol's words.</summary>
internal sealed record V2Model
{
    public required string Name { get; init; }

    public IReadOnlyList<string> Versions { get; init; } = ["1"];

    public required string Platform { get; init; }

    public required IReadOnlyList<V2TensorInfo> Inputs { get; init; }

    public required IReadOnlyList<V2TensorInfo> Outputs { get; init; }

    /// <summary>Class names by their id.</summary>
    public required IReadOnlyDictionary<string, string> Classes { get; init; }
}

/// <summary>A line of the index of models.</summary>
internal sealed record V2Listing(string Name, string Version, string State, string Reason);

/// <summary>One word of the health routes.</summary>
internal sealed record V2Health
{
    public bool? Live { get; init; }

    public bool? Ready { get; init; }

    public string? Name { get; init; }
}

/// <summary>Compiled serialization of the v2 protocol's documents.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(V2Server))]
[JsonSerializable(typeof(V2Model))]
[JsonSerializable(typeof(IReadOnlyList<V2Listing>))]
[JsonSerializable(typeof(V2Health))]
[JsonSerializable(typeof(MaskDocument))]
internal sealed partial class V2Json : JsonSerializerContext;
