using RfDetr.Data;
using RfDetr.Vision;

namespace RfDetr.Training;

/// <summary>Pictures for evaluation, prepared exactly as the detector prepares them. The next batch is decoded while the network has the last one.</summary>
/// <param name="resolution">Side of the input in pixels.</param>
/// <param name="rule">The model's resize rule.</param>
internal sealed class EvaluationBatches(int resolution, ResizeRule rule)
{
    /// <summary>A batch: its pictures and [B, 3, resolution, resolution].</summary>
    public sealed record Batch(IReadOnlyList<LabelledPicture> Pictures, float[] Pixels);

    /// <summary>All pictures in order.</summary>
    /// <exception cref="TrainingException">A picture cannot be read.</exception>
    public IEnumerable<Batch> Of(IReadOnlyList<LabelledPicture> pictures, int size, CancellationToken cancellation)
    {
        LabelledPicture[][] chunks = [.. pictures.Chunk(size)];
        Task<Batch>? next = null;
        for (int i = 0; i < chunks.Length; i++)
        {
            Task<Batch> current = next ?? Start(chunks[i], cancellation);
            next = i + 1 < chunks.Length ? Start(chunks[i + 1], cancellation) : null;
            yield return current.GetAwaiter().GetResult();
        }
    }

    private Task<Batch> Start(LabelledPicture[] pictures, CancellationToken cancellation) => Task.Run(() =>
    {
        int size = 3 * resolution * resolution;
        float[] pixels = new float[pictures.Length * size];
        for (int i = 0; i < pictures.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Prepare(pictures[i], pixels.AsSpan(i * size, size));
        }

        return new Batch(pictures, pixels);
    }, cancellation);

    private void Prepare(LabelledPicture labelled, Span<float> pixels)
    {
        try
        {
            using Picture picture = Picture.Load(labelled.File);
            Preprocessor.Run(picture.Frame, pixels, resolution, resolution, rule);
        }
        catch (Exception e) when (e is ImageContentException or IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"the picture '{labelled.File}' cannot be read for evaluation: {e.Message} Mend or remove it (rfdetr data doctor lists all such), then go on with --resume", e);
        }
    }
}
