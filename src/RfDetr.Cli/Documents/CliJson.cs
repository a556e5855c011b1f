using System.Text.Json.Serialization;

namespace RfDetr.Cli.Documents;

/// <summary>
/// Compiled serialization of the documents that verbs write with <c>--json</c>. Names are in snake_case; a document's type is its
/// schema.
/// </summary>
[
    JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)
]
[JsonSerializable(typeof(CamerasDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(InspectionDocument))]
[JsonSerializable(typeof(QuantizedDocument))]
[JsonSerializable(typeof(StatisticsDocument))]
[JsonSerializable(typeof(VariantsDocument))]
internal sealed partial class CliJson : JsonSerializerContext;
