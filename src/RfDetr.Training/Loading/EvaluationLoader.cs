using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>Images of a split as inference sees them.</summary>
/// <param name="Pixels">[B, 3, Side, Side], normalized.</param>
/// <param name="Side">Pixels.</param>
/// <param name="Images">[B].</param>
internal sealed record EvaluationBatch(float[] Pixels, int Side, LabeledImage[] Images);

/// <summary>
/// The images of a split in order, pre-processed exactly as inference does it, without augmentation; the last batch may be
/// smaller.
/// </summary>
/// <param name="split">The split.</param>
/// <param name="batchSize">Images of a batch, at least 1.</param>
/// <param name="resolution">Side of the network's input, pixels.</param>
/// <param name="rule">The model's resize rule.</param>
/// <param name="workers">Threads; 0: the caller's.</param>
internal sealed class EvaluationLoader(DataSplit split, int batchSize, int resolution, ResizeRule rule, int workers = 2)
{
    private const int LookAhead = 4;

    /// <summary>Number of batches.</summary>
    public int Count => (split.Images.Count + batchSize - 1) / batchSize;

    /// <summary>
    /// All batches in order; with ranks, every <paramref name="worldSize"/>-th from <paramref name="rank"/> on.
    /// </summary>
    /// <exception cref="TrainingDataException">An image cannot be read.</exception>
    public IEnumerable<EvaluationBatch> Batches(int rank = 0, int worldSize = 1, CancellationToken cancellation = default)
    {
        int mine = (Count - rank + worldSize - 1) / worldSize;
        using var work = new OrderedWork<EvaluationBatch>(0, mine, workers, LookAhead, n => Make(rank + n * worldSize));
        while (work.Next(cancellation) is { } batch)
            yield return batch;
    }

    private EvaluationBatch Make(int number)
    {
        LabeledImage[] images = [.. split.Images.Skip(number * batchSize).Take(batchSize)];
        int length = 3 * resolution * resolution;
        float[] pixels = GC.AllocateUninitializedArray<float>(images.Length * length);
        for (int i = 0; i < images.Length; i++)
        {
            try
            {
                using Image image = Image.Load(images[i].File);
                Preprocessor.Run(image.Frame, pixels.AsSpan(i * length, length), resolution, resolution, rule);
            }
            catch (Exception e) when (e is ImageContentException or IOException or UnauthorizedAccessException)
            {
                throw new TrainingDataException(images[i].File, $"cannot be read for evaluation: {e.Message}", e);
            }
        }

        return new EvaluationBatch(pixels, resolution, images);
    }
}
