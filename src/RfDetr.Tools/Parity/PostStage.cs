using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr.Tools;

/// <summary>Selection and boxes in pixels from a network's results, compared with a bundle's <c>post.*</c>.</summary>
internal static class PostStage
{
    /// <summary>The selected pairs of all images, best first.</summary>
    private sealed record Selected(float[] Scores, int[] Labels, BoxXyxy[] Boxes, int PerImage);

    /// <summary>Results for <c>post.scores</c>, <c>post.labels</c>, <c>post.boxes</c>.</summary>
    /// <exception cref="CheckpointFormatException">The bundle's parts do not fit one another.</exception>
    public static IEnumerable<StageResult> Compare(
        StageBundle bundle, StageComparer comparer, IReadOnlyDictionary<string, HostTensor> stages)
    {
        if (bundle.Find(StageNames.PostScores) is not { Shape: [var batch, var count] } scores ||
            bundle.Find(StageNames.PostLabels) is not { Shape: [_, _] } labels || labels.Values.Length != scores.Values.Length ||
            bundle.Find(StageNames.PostBoxes) is not { Shape: [_, _, 4] } boxes
                || boxes.Values.Length != 4 * scores.Values.Length ||
            batch != stages[StageNames.Logits].Shape[0])
        {
            throw new CheckpointFormatException(
                $"'{bundle.FileName}': post.scores [B, K], post.labels [B, K] and post.boxes [B, K, 4] belong together");
        }

        // The sigmoid's slope is at most ¼.
        double scoreTolerance = Math.Max(
            comparer.Tolerance(scores), bundle.Find(StageNames.Logits) is { } logits ? comparer.Tolerance(logits) / 4 : 0);
        if (Select(stages, count, ImageSize(bundle)) is not { } actual)
        {
            yield return new(
                StageNames.PostScores, double.PositiveInfinity, scoreTolerance, "the results have values that are not finite");
            yield break;
        }

        yield return new(StageNames.PostScores, RowSets.MaxDifference(scores.Values, actual.Scores), scoreTolerance);

        (int missing, double boxError) = Match(scores.Values, labels.Values, boxes.Values, actual, scoreTolerance);
        yield return new(
            StageNames.PostLabels, missing, 0,
            missing > 0 ? $"{missing} of {scores.Values.Length} expected detections have no counterpart" : null);
        yield return new(StageNames.PostBoxes, boxError, comparer.Tolerance(boxes));
    }

    // The decoder refuses numbers that are not finite; here they are an error beyond measure, and the report goes on.
    private static Selected? Select(IReadOnlyDictionary<string, HostTensor> stages, int count, (int Height, int Width) image)
    {
        var outputs = new StageOutputs(stages);
        (int queries, int classes) = (outputs.Contract.Queries, outputs.Contract.Classes);
        var numbered = new ClassMap(
            classes, Enumerable.Range(0, classes).Select(c => new ClassEntry(c, Invariant.Text($"{c}"))), "every logit");
        var decoder = new DetectionDecoder(
            numbered, [], outputs.Contract,
            new SelectionOptions { NumSelect = Math.Max(count, 1), ScoreThreshold = SelectionOptions.NoThreshold },
            new DetectOptions { ClampBoxes = false });
        int batch = outputs.Batch;
        var result = new Selected(new float[batch * count], new int[batch * count], new BoxXyxy[batch * count], count);
        try
        {
            for (int b = 0; b < batch; b++)
            {
                IReadOnlyList<Detection> found = decoder.Decode(outputs, b, image.Width, image.Height).Items;
                for (int i = 0; i < Math.Min(found.Count, count); i++)
                {
                    int at = b * count + i;
                    (result.Scores[at], result.Labels[at], result.Boxes[at]) = (found[i].Score, found[i].ClassId, found[i].Box);
                }
            }
        }
        catch (NetworkOutputException)
        {
            return null;
        }

        return result;
    }

    // Nearly equal scores may change places, so each expected detection looks for the nearest box of its label and score. The
    // last ones may have been displaced by others of their score.
    private static (int Missing, double BoxError) Match(
        float[] scores, float[] labels, float[] boxes, Selected actual, double tolerance)
    {
        int missing = 0;
        double worst = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            int image = i / actual.PerImage, first = image * actual.PerImage, end = first + actual.PerImage;
            double nearest = double.PositiveInfinity;
            for (int j = first; j < end; j++)
            {
                if (actual.Labels[j] != labels[i] || Math.Abs(actual.Scores[j] - scores[i]) > 2 * tolerance)
                    continue;
                BoxXyxy box = actual.Boxes[j];
                nearest = Math.Min(nearest, RowSets.MaxDifference(boxes.AsSpan(4 * i, 4), [box.X1, box.Y1, box.X2, box.Y2]));
            }

            if (!double.IsPositiveInfinity(nearest))
                worst = Math.Max(worst, nearest);
            else if (scores[i] > scores[end - 1] + 2 * tolerance)
                missing++;
        }

        return (missing, worst);
    }

    // "480x640 (height x width)"
    private static (int Height, int Width) ImageSize(StageBundle bundle)
    {
        string[] parts = (bundle.Text("post_image_size") ?? "").Split('x', ' ');
        if (
            parts.Length >= 2
                && int.TryParse(parts[0], out int height) && int.TryParse(parts[1], out int width) && height > 0 && width > 0)
            return (height, width);
        throw new CheckpointFormatException(
            $"'{bundle.FileName}': its metadata has post_image_size '{bundle.Text("post_image_size")}', expected e.g. '480x640'");
    }

    /// <summary>The results among a network's stages, as engines give them.</summary>
    private sealed class StageOutputs : INetworkOutputs
    {
        private readonly Dictionary<string, float[]> _values;

        public StageOutputs(IReadOnlyDictionary<string, HostTensor> stages)
        {
            (HostTensor logits, HostTensor boxes) = (stages[StageNames.Logits], stages[StageNames.Boxes]);
            Batch = logits.Shape[0];
            Contract = new NetworkContract
            {
                Height = 1, // of the network's input, which decoding does not ask for
                Width = 1,
                Outputs =
                [
                    new() { Name = OutputNames.Boxes, Shape = [boxes.Shape[1], boxes.Shape[2]] },
                    new() { Name = OutputNames.Logits, Shape = [logits.Shape[1], logits.Shape[2]] },
                ],
            };
            _values = new() { [OutputNames.Boxes] = boxes.ToSingles(), [OutputNames.Logits] = logits.ToSingles() };
        }

        public int Batch { get; }

        public NetworkContract Contract { get; }

        public ReadOnlySpan<float> Output(string name, int image)
        {
            int length = Contract[name].Length;
            return _values[name].AsSpan(image * length, length);
        }
    }
}
