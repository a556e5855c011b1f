namespace RfDetr.Data;

/// <summary>
/// Detections as a COCO result file, which <see cref="CocoFile.ReadResults(string, CocoReadOptions?)"/> and pycocotools read.
/// </summary>
internal static class FoundJson
{
    /// <summary>Writes the file; it appears only when it is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="found">The detections; their order is kept.</param>
    /// <param name="kind">
    /// Boxes or masks. A file holds one of them: pycocotools takes a detection's area from its box as soon as there is one, which
    /// is not that of its mask.
    /// </param>
    /// <exception cref="ArgumentException">A mask is missing.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<FoundObject> found, EvaluationKind kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(found);
        AtomicFile.Write(path, stream =>
        {
            using var results = new CocoResultWriter(stream, kind == EvaluationKind.Masks);
            foreach (FoundObject one in found)
            {
                BoxXywh box = one.Box;
                results.Write(one.ImageId, one.CategoryId, [box.X, box.Y, box.Width, box.Height], one.Score, one.Mask);
            }

            results.Complete();
        }, flushToDisk: false);
    }
}
