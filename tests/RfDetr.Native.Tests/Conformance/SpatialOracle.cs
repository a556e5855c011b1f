using RfDetr.Tensors;

namespace RfDetr.Tests.Conformance;

/// <summary>Operations on maps by their definitions, in double precision.</summary>
internal static class SpatialOracle
{
    public static Grid Compute(Op op, int[] shape, Grid[] x) => op switch
    {
        Conv2d conv => Convolve(conv, shape, x[0], x[1], x.Length == 3 ? x[2] : null),
        ResizeBilinear => new(shape, i => Resize(x[0], shape, i, antialias: false)),
        ResizeBicubicAntialias => new(shape, i => Resize(x[0], shape, i, antialias: true)),
        GridSample => new(shape, i => Sample(
            (row, column) => x[0][i[0], i[1], row, column], x[0].Shape[2], x[0].Shape[3], x[1][i[0], i[2], i[3], 0],
            x[1][i[0], i[2], i[3], 1])),
        UpsampleConv2x2 => new(shape, i =>
            x[2][i[3]] + Oracle.Sum(x[0].Shape[3], c => x[0][i[0], i[1] / 2, i[2] / 2, c] * x[1][c, i[3], i[1] % 2, i[2] % 2])),
        DeformableSampling sampling => Deform(sampling, shape, x[0], x[1], x[2]),
        _ => throw new InvalidOperationException($"the oracle does not know {op}"),
    };

    private static Grid Convolve(Conv2d op, int[] shape, Grid x, Grid w, Grid? bias) => new(shape, i =>
    {
        int channels = w.Shape[1], first = i[3] / (w.Shape[0] / op.Groups) * channels;
        double sum = bias?[i[3]] ?? 0;
        for (int a = 0; a < w.Shape[2]; a++)
        {
            for (int b = 0; b < w.Shape[3]; b++)
            {
                (int row, int column) = (i[1] * op.Stride + a - op.Padding, i[2] * op.Stride + b - op.Padding);
                if (row < 0 || row >= x.Shape[1] || column < 0 || column >= x.Shape[2])
                    continue;
                sum += Oracle.Sum(channels, c => x[i[0], row, column, first + c] * w[i[3], c, a, b]);
            }
        }

        return sum;
    });

    // One output pixel as the weighted mean of all input pixels, with a triangle of half-width 1 or a widened cubic.
    private static double Resize(Grid x, int[] shape, int[] i, bool antialias)
    {
        double[] rows = Weights(i[1], shape[1], x.Shape[1], antialias), columns = Weights(i[2], shape[2], x.Shape[2], antialias);
        return Oracle.Sum(
            rows.Length,
            r =>
                rows[r] == 0
                    ? 0
                    : rows[r] * Oracle.Sum(columns.Length, c => columns[c] == 0 ? 0 : columns[c] * x[i[0], r, c, i[3]]));
    }

    private static double[] Weights(int at, int to, int from, bool antialias)
    {
        double scale = (double)from / to, center = (at + 0.5) * scale - 0.5, stretch = antialias ? Math.Max(scale, 1) : 1;
        if (!antialias)
            center = Math.Clamp(center, 0, from - 1); // edges repeat
        double[] raw =
        [
            .. Enumerable.Range(0, from).Select(k =>
                antialias ? Cubic((k - center) / stretch) : Math.Max(0, 1 - Math.Abs(k - center)))
        ];
        return [.. raw.Select(w => w / raw.Sum())];
    }

    // Keys' cubic convolution kernel, a = −0.5.
    private static double Cubic(double x) => Math.Abs(x) switch
    {
        < 1 and var d => 1.5 * d * d * d - 2.5 * d * d + 1,
        < 2 and var d => -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2,
        _ => 0,
    };

    // Bilinear, zeros outside; x and y in −1…1 from edge to edge.
    private static double Sample(Func<int, int, double> pixel, int height, int width, double x, double y)
    {
        double column = (x + 1) / 2 * width - 0.5, row = (y + 1) / 2 * height - 0.5, sum = 0;
        for (int r = 0; r < height; r++)
        {
            for (int c = 0; c < width; c++)
                sum += Math.Max(0, 1 - Math.Abs(r - row)) * Math.Max(0, 1 - Math.Abs(c - column)) * pixel(r, c);
        }

        return sum;
    }

    private static Grid Deform(DeformableSampling op, int[] shape, Grid value, Grid at, Grid weight)
    {
        int size = shape[2] / op.Heads;
        return new(shape, i =>
        {
            double sum = 0;
            for (int level = 0, start = 0; level < op.LevelSizes.Count / 2; level++)
            {
                (int height, int width, int first) = (op.LevelSizes[2 * level], op.LevelSizes[2 * level + 1], start);
                for (int p = level * op.Points; p < (level + 1) * op.Points; p++)
                {
                    (int head, double x, double y) =
                        (i[2] / size, at[i[0], i[1], i[2] / size, p, 0], at[i[0], i[1], i[2] / size, p, 1]);
                    sum += weight[i[0], i[1], head, p] * Sample(
                        (r, c) => value[i[0], first + r * width + c, i[2]], height, width, 2 * x - 1, 2 * y - 1);
                }

                start += height * width;
            }

            return sum;
        });
    }
}
