using RfDetr.Training;

namespace RfDetr.Tests.Losses;

/// <summary>
/// The losses as their papers write them, in plain loops over float64 arrays: targets for every query and class are made, masks
/// multiplied out at every point. Slow and independent.
/// </summary>
internal sealed class LossOracle(RandomScene scene, LossOptions options, bool masks)
{
    private const int B =
        RandomScene.Batch, G = RandomScene.Groups, N = RandomScene.Queries, P = RandomScene.PerGroup, C = RandomScene.Classes;
    private const int MatchPoints = RandomScene.Side * RandomScene.Side / 16, LossPoints = RandomScene.Side;

    public double Objects => Math.Max(1, scene.Targets.Sum(t => t.Count) * G);

    /// <summary>Query of each image's objects, by group: [b][g·objects + i].</summary>
    public int[][] Match(int set) =>
    [
        .. Enumerable.Range(0, B).Select(b => Enumerable.Range(0, G).SelectMany(g =>
        {
            int count = scene.Targets[b].Count;
            double[] cost =
            [
                .. Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(g * P, P).Select(q => Cost(set, b, q, i)))
            ];
            var columns = new int[count];
            Assignment.Solve(cost, count, P, P, columns);
            return columns.Select(c => c == Assignment.None ? Assignment.None : g * P + c);
        }).ToArray()),
    ];

    public Dictionary<string, double> Terms(int set)
    {
        int[][] match = Match(set);
        var terms = new Dictionary<string, double> { ["loss_ce"] = Class(set, match) / Objects };
        double distance = 0, giou = 0, entropy = 0, dice = 0;
        foreach ((int b, int q, int i) in Pairs(match))
        {
            distance += L1(set, b, q, i);
            giou += 1 - Overlap(set, b, q, i).GIoU;
            (double ce, double d) = masks ? Mask(set, b, q, i, LossPoints) : default;
            (entropy, dice) = (entropy + ce, dice + d);
        }

        (terms["loss_bbox"], terms["loss_giou"]) = (distance / Objects, giou / Objects);
        if (masks)
            (terms["loss_mask_ce"], terms["loss_mask_dice"]) = (entropy / Objects, dice / Objects);
        return terms;
    }

    public double ClassError()
    {
        (int, int, int)[] pairs = [.. Pairs(Match(0))];
        return 100 - 100.0 * pairs.Count(p => Best(0, p.Item1, p.Item2) == scene.Targets[p.Item1].Labels[p.Item3]) / pairs.Length;
    }

    public double Cardinality(int set) => Enumerable.Range(0, B)
        .Average(b => Math.Abs(Enumerable.Range(0, N).Count(q => Best(set, b, q) != C - 1) - scene.Targets[b].Count));

    private static IEnumerable<(int Image, int Query, int Object)> Pairs(int[][] match)
    {
        for (int b = 0; b < match.Length; b++)
        {
            int count = match[b].Length / G;
            for (int i = 0; i < match[b].Length; i++)
            {
                if (match[b][i] != Assignment.None)
                    yield return (b, match[b][i], i % count);
            }
        }
    }

    private double Class(int set, int[][] match)
    {
        var iou = new double[B * N * C]; // NaN where nothing is matched
        Array.Fill(iou, double.NaN);
        foreach ((int b, int q, int i) in Pairs(match))
            iou[(b * N + q) * C + scene.Targets[b].Labels[i]] = Overlap(set, b, q, i).IoU;
        double sum = 0;
        for (int b = 0; b < B; b++)
        {
            double most = iou[(b * N * C)..((b + 1) * N * C)].Where(u => !double.IsNaN(u)).DefaultIfEmpty(0).Max();
            for (int at = b * N * C; at < (b + 1) * N * C; at++)
                sum += (options.LogitWeights?[at % C] ?? 1) * ClassElement(scene.Logits[set][at], iou[at], most);
        }

        return sum;
    }

    private double ClassElement(double x, double iou, double mostOfImage)
    {
        double p = Sigmoid(x), a = options.FocalAlpha, y = double.IsNaN(iou) ? 0 : iou;
        bool matched = !double.IsNaN(iou);
        switch (options.Kind)
        {
            case ClassLossKind.Focal:
                double t = matched ? 1 : 0, pt = t == 1 ? p : 1 - p;
                return (a * t + (1 - a) * (1 - t)) * (1 - pt) * (1 - pt) * Entropy(x, t);
            case ClassLossKind.Varifocal:
                return Entropy(x, y) * (y > 0 ? y : (1 - a) * (p - y) * (p - y));
            case ClassLossKind.PositionSupervised:
                y /= mostOfImage + 1e-8;
                return Entropy(x, y) * (y - p) * (y - p) * (y > 0 ? a : 1 - a);
            default:
                double positive = matched ? Math.Max(0.01, Math.Pow(p, a) * Math.Pow(y, 1 - a)) : 0;
                double negative = matched ? 1 - positive : p * p;
                return negative * x - (positive + negative) * Math.Log(p);
        }
    }

    private double Cost(int set, int b, int q, int i)
    {
        double p = Sigmoid(scene.Logits[set][(b * N + q) * C + scene.Targets[b].Labels[i]]);
        double cost = 2 * (
            0.25 * (1 - p) * (1 - p) * -Math.Log(p) - 0.75 * p * p * -Math.Log(1 - p))
            + 5 * L1(set, b, q, i) - 2 * Overlap(set, b, q, i).GIoU;
        (double entropy, double dice) = masks ? Mask(set, b, q, i, MatchPoints) : default;
        return cost + 5 * entropy + 5 * dice;
    }

    private (double Entropy, double Dice) Mask(int set, int b, int q, int i, int count)
    {
        float[] points = scene.Points.ForMatching(count);
        double entropy = 0, both = 0, found = 0, wanted = 0;
        for (int k = 0; k < count; k++)
        {
            double x = MaskLogit(set, b, q, points[2 * k], points[2 * k + 1]), p = Sigmoid(x);
            double t = scene.TargetPixel(b, i, points[2 * k], points[2 * k + 1]) ? 1 : 0;
            (entropy, both, found, wanted) = (entropy + Entropy(x, t), both + p * t, found + p, wanted + t);
        }

        return (entropy / count, 1 - (2 * both + 1) / (found + wanted + 1));
    }

    // The whole mask's pixels around the point, each a product of features and query.
    private double MaskLogit(int set, int b, int q, double x, double y)
    {
        const int side = RandomScene.Side;
        (double px, double py) = (Math.Clamp(x * side - 0.5, 0, side - 1), Math.Clamp(y * side - 0.5, 0, side - 1));
        (int left, int top) = ((int)px, (int)py);
        (int right, int bottom) = (Math.Min(left + 1, side - 1), Math.Min(top + 1, side - 1));
        (double dx, double dy) = (px - left, py - top);
        return (1 - dy) * ((1 - dx) * Pixel(top, left) + dx * Pixel(top, right)) + dy * (
            (1 - dx) * Pixel(bottom, left) + dx * Pixel(bottom, right));

        double Pixel(int row, int column) => scene.Bias + Enumerable.Range(0, RandomScene.Width).Sum(d =>
            scene.Features[set][
                ((b * side + row) * side + column) * RandomScene.Width + d
            ] * scene.MaskQueries[set][(b * N + q) * RandomScene.Width + d]);
    }

    private double L1(int set, int b, int q, int i) =>
        Enumerable.Range(0, 4).Sum(k => Math.Abs(scene.Boxes[set][(b * N + q) * 4 + k] - scene.Targets[b].Boxes[4 * i + k]));

    private (double IoU, double GIoU) Overlap(int set, int b, int q, int i)
    {
        double[] f = Corners([.. scene.Boxes[set][((b * N + q) * 4)..((b * N + q) * 4 + 4)]]),
        w = Corners([.. scene.Targets[b].Boxes[(4 * i)..(4 * i + 4)].Select(v => (double)v)]);
        double inter =
            Math.Max(0, Math.Min(f[2], w[2]) - Math.Max(f[0], w[0])) * Math.Max(0, Math.Min(f[3], w[3]) - Math.Max(f[1], w[1]));
        double union = (f[2] - f[0]) * (f[3] - f[1]) + (w[2] - w[0]) * (w[3] - w[1]) - inter;
        double hull = (Math.Max(f[2], w[2]) - Math.Min(f[0], w[0])) * (Math.Max(f[3], w[3]) - Math.Min(f[1], w[1]));
        return (inter / union, inter / union - (hull - union) / hull);
    }

    private static double[] Corners(double[] box)
    {
        (double w, double h) = (Math.Max(0, box[2]), Math.Max(0, box[3]));
        return [box[0] - w / 2, box[1] - h / 2, box[0] + w / 2, box[1] + h / 2];
    }

    private int Best(int set, int b, int q)
    {
        double[] row = scene.Logits[set][((b * N + q) * C)..((b * N + q + 1) * C)];
        return Array.IndexOf(row, row.Max());
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Entropy(double x, double t) => -t * Math.Log(Sigmoid(x)) - (1 - t) * Math.Log(1 - Sigmoid(x));
}
