using System.Text.Json;
using RfDetr.Data;

namespace RfDetr.Cli.Commands;

/// <summary>What the verbs about data sets write alike.</summary>
internal static class DataJson
{
    /// <summary>The map dataset id → logit → name.</summary>
    public static void WriteClasses(Utf8JsonWriter json, ClassTable classes)
    {
        json.WriteStartArray("classes");
        foreach (DataClass c in classes)
        {
            json.WriteStartObject();
            json.WriteNumber("logit", c.Index);
            json.WriteNumber("category_id", c.CategoryId);
            json.WriteString("name", c.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Quantiles.</summary>
    public static void Write(Utf8JsonWriter json, string name, Distribution d)
    {
        json.WriteStartObject(name);
        json.WriteNumber("min", d.Least);
        json.WriteNumber("p10", d.Tenth);
        json.WriteNumber("median", d.Median);
        json.WriteNumber("p90", d.Ninetieth);
        json.WriteNumber("max", d.Most);
        json.WriteNumber("mean", d.Mean);
        json.WriteEndObject();
    }
}
