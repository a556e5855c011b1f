
namespace RfDetr;

/// <summary>One found object. Owns its data; immutable.</summary>
/// <param name="Box">Corners in pixels of the image (not rounded).</param>
/// <param name="Score">0..1.</param>
/// <param name="ClassId">The logit's index, as rf-detr emits it (COCO: the data set's own category id).</param>
/// <param name="ClassName">Name of that class.</param>
/// <param name="Mask">The object's pixels, of the image's size; null for detection models.</param>
public sealed record Detection(BoxXyxy Box, float Score, int ClassId, string ClassName, RleMask? Mask)
{
    /// <summary>The mask's borders, outer and holes; empty without a mask.</summary>
    /// <param name="epsilon">Largest distance in pixels by which corners may be left out; 0 keeps all.</param>
    public IReadOnlyList<MaskPolygon> Polygons(double epsilon = 0) => Mask is null ? [] : PolygonTracer.Trace(Mask, epsilon);
}

/// <summary>How long each stage took, in milliseconds; of a batch, each image's share.</summary>
/// <param name="DecodeMs">File to pixels; 0 if pixels were given.</param>
/// <param name="PreprocessMs">Resize and normalize.</param>
/// <param name="InferenceMs">The network.</param>
/// <param name="PostprocessMs">Selection, boxes, masks.</param>
public readonly record struct StageTimes(double DecodeMs, double PreprocessMs, double InferenceMs, double PostprocessMs)
{
    /// <summary>All stages together.</summary>
    public double TotalMs => DecodeMs + PreprocessMs + InferenceMs + PostprocessMs;
}

/// <summary>What was found in one image, by falling score. Owns its data; immutable; safe to keep and to share.</summary>
/// <param name="Width">Width of the image in pixels.</param>
/// <param name="Height">Height of the image in pixels.</param>
/// <param name="Items">The objects.</param>
/// <param name="Times">How long it took.</param>
public sealed record Detections(int Width, int Height, IReadOnlyList<Detection> Items, StageTimes Times);
