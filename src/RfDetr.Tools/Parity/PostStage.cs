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

        Selected actual = Select(stages, count, ImageSize(bundle));
        // The sigmoid's slope is at most ¼.
        double scoreTolerance = Math.Max(
            comparer.Tolerance(scores), bundle.Find(StageNames.Logits) is { } logits ? comparer.Tolerance(logits) / 4 : 0);
        yield return new(StageNames.PostScores, RowSets.MaxDifference(scores.Values, actual.Scores), scoreTolerance);

        (int missing, double boxError) = Match(scores.Values, labels.Values, boxes.Values, actual, scoreTolerance);
        yield return new(
            StageNames.PostLabels, missing, 0,
            missing > 0 ? $"{missing} of {scores.Values.Length} expected detections have no counterpart" : null);
        yield return new(StageNames.PostBoxes, boxError, comparer.Tolerance(boxes));
    }

    private static Selected Select(IReadOnlyDictionary<string, HostTensor> stages, int count, (int Height, int Width) image)
    {
        HostTensor logits = stages[StageNames.Logits];
        float[] scores = logits.ToSingles(), raw = stages[StageNames.Boxes].ToSingles();
        (int batch, int queries, int classes) = (logits.Shape[0], logits.Shape[1], logits.Shape[2]);
        var options = new SelectionOptions { NumSelect = Math.Max(count, 1), ScoreThreshold = SelectionOptions.NoThreshold };
        var chosen = new Candidate[options.MaxCount(queries, classes)];
        var result = new Selected(new float[batch * count], new int[batch * count], new BoxXyxy[batch * count], count);
        for (int b = 0; b < batch; b++)
        {
            int found = Selector.Run(scores.AsSpan(b * queries * classes, queries * classes), queries, classes, options, chosen);
            for (int i = 0; i < Math.Min(found, count); i++)
            {
                ReadOnlySpan<float> box = raw.AsSpan((b * queries + chosen[i].Query) * 4, 4);
                (result.Scores[b * count + i], result.Labels[b * count + i]) = (chosen[i].Score, chosen[i].Label);
                result.Boxes[b * count + i] = new BoxCxCyWh(box[0], box[1], box[2], box[3]).ToPixels(image.Width, image.Height);
            }
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
}
