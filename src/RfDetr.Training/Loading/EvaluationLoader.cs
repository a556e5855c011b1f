using RfDetr.Data;
using RfDetr.Vision;

namespace RfDetr.Training;

/// <summary>Pictures of a split as inference sees them.</summary>
/// <param name="Pixels">[B, 3, Side, Side], normalised.</param>
/// <param name="Side">Pixels.</param>
/// <param name="Pictures">[B].</param>
internal sealed record EvaluationBatch(float[] Pixels, int Side, LabelledPicture[] Pictures);

/// <summary>The pictures of a split in order, pre-processed exactly as inference does it, without augmentation; the last batch may be smaller.</summary>
/// <param name="split">The split.</param>
/// <param name="batchSize">Pictures of a batch, at least 1.</param>
/// <param name="resolution">Side of the network's input, pixels.</param>
/// <param name="rule">The model's resize rule.</param>
/// <param name="workers">Threads; 0: the caller's.</param>
internal sealed class EvaluationLoader(DataSplit split, int batchSize, int resolution, ResizeRule rule, int workers = 2)
{
    private const int LookAhead = 4;

    /// <summary>Number of batches.</summary>
    public int Count => (split.Pictures.Count + batchSize - 1) / batchSize;

    /// <summary>All batches in order; with ranks, every <paramref name="worldSize"/>-th from <paramref name="rank"/> on.</summary>
    /// <exception cref="TrainingDataException">A picture cannot be read.</exception>
    public IEnumerable<EvaluationBatch> Batches(int rank = 0, int worldSize = 1, CancellationToken cancellation = default)
    {
        int mine = (Count - rank + worldSize - 1) / worldSize;
        using var work = new OrderedWork<EvaluationBatch>(0, mine, workers, LookAhead, n => Make(rank + n * worldSize));
        while (work.Next(cancellation) is { } batch)
            yield return batch;
    }

    private EvaluationBatch Make(int number)
    {
        LabelledPicture[] pictures = [.. split.Pictures.Skip(number * batchSize).Take(batchSize)];
        int length = 3 * resolution * resolution;
        float[] pixels = GC.AllocateUninitializedArray<float>(pictures.Length * length);
        for (int i = 0; i < pictures.Length; i++)
        {
            try
            {
                using Picture picture = Picture.Load(pictures[i].File);
                Preprocessor.Run(picture.Frame, pixels.AsSpan(i * length, length), resolution, resolution, rule);
            }
            catch (Exception e) when (e is ImageContentException or IOException or UnauthorizedAccessException)
            {
                throw new TrainingDataException(pictures[i].File, $"cannot be read for evaluation: {e.Message}", e);
            }
        }

        return new EvaluationBatch(pixels, resolution, pictures);
    }
}
