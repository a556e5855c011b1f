using RfDetr.Checkpoints;
using RfDetr.Onnx;

namespace RfDetr;

/// <summary>
/// Meaning of the logits of an ONNX file: names given by the caller win, then our notes, then rf-detr's map, then COCO for 91
/// logits.
/// </summary>
internal static class OnnxClassMap
{
    private const string Background = "background", HiddenBackground = "__background__";

    public static ClassMap Of(string file, int classes, InferenceMetadata? metadata, ArtifactNotes? notes, ModelOptions options)
    {
        if (options.ClassNames is null && notes is { EmittedLabels.Count: > 0 })
            return new(
                classes, notes.EmittedLabels.Select(l => new ClassEntry(l.Logit, l.Name, l.DatasetId)), $"stored in '{file}'");
        if (options.ClassNames is null && metadata is { ClassIdToName.Count: > 0 })
        {
            IEnumerable<ClassEntry> real = metadata.ClassIdToName.Where(c =>
                IsReal(c.Value) && c.Key >= 0 && c.Key < classes).Select(c => new ClassEntry(c.Key, c.Value));
            return new(classes, real, $"{InferenceMetadata.Key} of '{file}'");
        }

        PlainMap args = metadata is { ClassNames.Count: > 0 }
            ? new([new("class_names", metadata.ClassNames.Cast<object?>().ToList())])
            : new();
        PlainMap version = metadata?.ProducerVersion is { } producer ? new([new("rfdetr_version", producer)]) : new();
        return ClassMapRules.Find(
            args, version, classes, new ClassMapOptions { ClassNames = options.ClassNames, ClassOffset = options.ClassOffset });
    }

    private static bool IsReal(string name) => name.Length > 0 && name is not (Background or HiddenBackground);
}
