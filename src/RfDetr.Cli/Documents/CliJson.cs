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
[JsonSerializable(typeof(ClipSetDocument))]
[JsonSerializable(typeof(CompareDocument))]
[JsonSerializable(typeof(ConversionDocument))]
[JsonSerializable(typeof(DiffDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(DownloadDocument))]
[JsonSerializable(typeof(ExportDocument))]
[JsonSerializable(typeof(HealthDocument))]
[JsonSerializable(typeof(InspectionDocument))]
[JsonSerializable(typeof(JobEventDocument))]
[JsonSerializable(typeof(JobRepairDocument))]
[JsonSerializable(typeof(JobReportDocument))]
[JsonSerializable(typeof(JobRunDocument))]
[JsonSerializable(typeof(JobStatusDocument))]
[JsonSerializable(typeof(JobSubmittedDocument))]
[JsonSerializable(typeof(ParityDocument))]
[JsonSerializable(typeof(QuantizedDocument))]
[JsonSerializable(typeof(SceneSetDocument))]
[JsonSerializable(typeof(StatisticsDocument))]
[JsonSerializable(typeof(StreamParityDocument))]
[JsonSerializable(typeof(TrackEvalDocument))]
[JsonSerializable(typeof(TrainingDocument))]
[JsonSerializable(typeof(TrainingParityDocument))]
[JsonSerializable(typeof(VariantsDocument))]
[JsonSerializable(typeof(WrittenBundleDocument))]
internal sealed partial class CliJson : JsonSerializerContext;
