using RfDetr.Data;

namespace RfDetr.Tests.Evaluation;

/// <summary>
/// COCO's rules said slowly: everything is computed again for each class, range, limit and threshold, with lists and LINQ.
/// </summary>
internal static class LiteralRules
{
    /// <summary>Precision at 101 recalls and the scores there; the recall reached. Null where there is nothing to say.</summary>
    public static (double[] Precision, double[] Scores, double Recall)? Curve(
        EvaluationInput input, EvaluationKind kind, long category, double iou, AreaRange area, int limit, int largestLimit)
    {
        var all = new List<(double Score, bool Right, bool Ignored)>();
        int counting = 0;
        foreach (long image in input.ImageIds.Distinct().Order())
        {
            List<TruthObject> truth =
            [
                .. input.Truth.Where(t => t.ImageId == image && t.CategoryId == category).OrderBy(t => Ignored(t, area))
            ];
            List<FoundObject> found =
            [
                .. input.Found.Where(f => f.ImageId == image && f.CategoryId == category)
                    .OrderByDescending(f => f.Score).Take(largestLimit)
            ];
            counting += truth.Count(t => !Ignored(t, area));
            all.AddRange(Assign(truth, found, kind, iou, area).Take(limit));
        }

        if (counting == 0)
            return null;
        all = [.. all.OrderByDescending(d => d.Score)];
        List<double> recall = [], precision = [];
        int right = 0, wrong = 0;
        foreach ((_, bool isRight, bool isIgnored) in all)
        {
            right += isRight && !isIgnored ? 1 : 0;
            wrong += !isRight && !isIgnored ? 1 : 0;
            recall.Add((double)right / counting);
            precision.Add(right / (wrong + right + (Math.BitIncrement(1) - 1)));
        }

        var curve = new double[101];
        var scores = new double[101];
        for (int r = 0; r <= 100; r++)
        {
            int at = recall.FindIndex(value => value >= (r == 100 ? 1 : r * 0.01));
            if (at >= 0)
                (curve[r], scores[r]) = (precision.Skip(at).Max(), all[at].Score);
        }

        return (curve, scores, recall.LastOrDefault());
    }

    private static List<(double Score, bool Right, bool Ignored)> Assign(
        List<TruthObject> truth, List<FoundObject> found, EvaluationKind kind, double threshold, AreaRange area)
    {
        var result = new List<(double, bool, bool)>();
        var taken = new HashSet<int>();
        foreach (FoundObject f in found)
        {
            double needed = Math.Min(threshold, 1 - 1e-10);
            int chosen = -1;
            for (int i = 0; i < truth.Count; i++)
            {
                if (taken.Contains(i) && !truth[i].Crowd)
                    continue;
                if (chosen >= 0 && !Ignored(truth[chosen], area) && Ignored(truth[i], area))
                    break;
                double overlap = Overlap(f, truth[i], kind);
                if (overlap < needed)
                    continue;
                (needed, chosen) = (overlap, i);
            }

            double size = f.Area
                ?? (
                    kind == EvaluationKind.Masks
                        ? f.Mask!.Decode().Pixels.ToArray().Count(p => p != 0)
                        : f.Box.Width * f.Box.Height);
            bool outside = size < area.Least || size > area.Most;
            if (chosen < 0)
            {
                result.Add((f.Score, false, outside));
                continue;
            }

            taken.Add(chosen);
            bool right = !truth[chosen].NeverFound;
            result.Add((f.Score, right, Ignored(truth[chosen], area) || (!right && outside)));
        }

        return result;
    }

    private static bool Ignored(TruthObject t, AreaRange area) =>
        t.Crowd || t.Ignore || t.Area < area.Least || t.Area > area.Most;

    private static double Overlap(FoundObject f, TruthObject t, EvaluationKind kind)
    {
        if (kind == EvaluationKind.Masks)
        {
            byte[] a = f.Mask!.Decode().Pixels.ToArray(), b = t.Mask!.Decode().Pixels.ToArray();
            double both = a.Zip(b).Count(p => p.First != 0 && p.Second != 0), mine = a.Count(p => p != 0),
            other = b.Count(p => p != 0);
            return both == 0 ? 0 : both / (t.Crowd ? mine : mine + other - both);
        }

        double width = Math.Min(f.Box.X + f.Box.Width, t.Box.X + t.Box.Width) - Math.Max(f.Box.X, t.Box.X);
        double height = Math.Min(f.Box.Y + f.Box.Height, t.Box.Y + t.Box.Height) - Math.Max(f.Box.Y, t.Box.Y);
        double common = width > 0 && height > 0 ? width * height : 0, own = f.Box.Width * f.Box.Height;
        return common == 0 ? 0 : common / (t.Crowd ? own : own + t.Box.Width * t.Box.Height - common);
    }
}
