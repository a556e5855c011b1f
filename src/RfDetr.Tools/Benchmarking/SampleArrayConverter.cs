using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RfDetr.Tools;

/// <summary>
/// Lists of samples on one line even where the document is indented, and never more of them than a series can have.
/// </summary>
internal sealed class SampleArrayConverter : JsonConverter<double[]>
{
    public override double[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("expected a list of numbers");
        var values = new List<double>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number)
                throw new JsonException($"expected a number, found {reader.TokenType}");
            if (values.Count == BenchmarkOptions.MostCalls)
                throw new JsonException($"more than {BenchmarkOptions.MostCalls} samples");
            values.Add(reader.GetDouble());
        }

        return [.. values];
    }

    public override void Write(Utf8JsonWriter writer, double[] value, JsonSerializerOptions options)
    {
        var text = new StringBuilder("[");
        foreach (double sample in value)
        {
            if (text.Length > 1)
                text.Append(',');
            text.Append(sample.ToString("R", CultureInfo.InvariantCulture));
        }

        writer.WriteRawValue(text.Append(']').ToString());
    }
}
