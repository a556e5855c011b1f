using RfDetr.Tensors;

namespace RfDetr.Tests.Conformance;

/// <summary>Cases of convolutions, resizes and sampling.</summary>
internal static class MapCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } = [.. Convolutions(), .. Resizes(), .. Samples()];

    private static IEnumerable<ConformanceCase> Convolutions()
    {
        HostTensor x = Cases.Random("x", 2, 5, 7, 4);
        yield return new(
            "Conv2d 3×3", _ => new Conv2d(Padding: 1), x, Cases.Random("w", 6, 4, 3, 3), Cases.Random("b", 6))
        { PerBatch = [0] };
        yield return new("Conv2d without bias", _ => new Conv2d(Padding: 1), x, Cases.Random("w", 6, 4, 3, 3)) { PerBatch = [0] };
        yield return new(
            "Conv2d without padding", _ => new Conv2d(), x, Cases.Random("w", 1, 4, 3, 3), Cases.Random("b", 1))
        { PerBatch = [0] };
        yield return new(
            "Conv2d stride 2", _ => new Conv2d(Stride: 2, Padding: 1), x, Cases.Random("w", 3, 4, 3, 3), Cases.Random("b", 3))
        { PerBatch = [0] };
        yield return new(
            "Conv2d of patches", _ => new Conv2d(Stride: 4), Cases.Random("x", 2, 8, 12, 3), Cases.Random("w", 5, 3, 4, 4),
            Cases.Random("b", 5))
        { PerBatch = [0] };
        yield return new(
            "Conv2d with rows left over", _ => new Conv2d(Stride: 2), Cases.Random("x", 1, 6, 6, 1),
            Cases.Random("w", 2, 1, 3, 3))
        { PerBatch = [0] };
        yield return new(
            "Conv2d depthwise", _ => new Conv2d(Padding: 1, Groups: 4), x, Cases.Random("w", 4, 1, 3, 3), Cases.Random("b", 4))
        { PerBatch = [0] };
        yield return new(
            "Conv2d in two groups", _ => new Conv2d(Padding: 1, Groups: 2), x, Cases.Random("w", 6, 2, 3, 3),
            Cases.Random("b", 6))
        { PerBatch = [0] };
        yield return new(
            "Conv2d 1×1", _ => new Conv2d(), x, Cases.Random("w", 3, 4, 1, 1), Cases.Random("b", 3))
        { PerBatch = [0] };
        yield return new("Conv2d of oblong kernels", _ => new Conv2d(), x, Cases.Random("w", 2, 4, 1, 5)) { PerBatch = [0] };
        yield return new(
            "Conv2d of one pixel", _ => new Conv2d(Padding: 1), Cases.Random("x", 1, 1, 1, 1), Cases.Random("w", 1, 1, 3, 3))
        { PerBatch = [0] };
        yield return new(
            "UpsampleConv2x2", _ => new UpsampleConv2x2(), Cases.Random("x", 2, 3, 4, 6), Cases.Random("w", 6, 3, 2, 2),
            Cases.Random("b", 3))
        { PerBatch = [0] };
        yield return new(
            "UpsampleConv2x2 of one pixel", _ => new UpsampleConv2x2(), Cases.Random("x", 1, 1, 1, 2),
            Cases.Random("w", 2, 1, 2, 2), Cases.Random("b", 1))
        { PerBatch = [0] };
    }

    private static IEnumerable<ConformanceCase> Resizes()
    {
        (int, int, int, int)[] sizes =
        [
            (4, 4, 8, 8), (5, 3, 7, 9), (9, 8, 4, 3), (6, 6, 3, 3), (1, 1, 4, 5), (7, 5, 1, 1), (3, 4, 3, 9), (26, 26, 78, 78)
        ];
        foreach ((int h, int w, int height, int width) in sizes)
        {
            yield return new(
                $"ResizeBilinear {h}×{w} to {height}×{width}", _ => new ResizeBilinear(height, width),
                Cases.Random("x", 2, h, w, 3))
            { PerBatch = [0] };
            yield return new(
                $"ResizeBicubicAntialias {h}×{w} to {height}×{width}", _ => new ResizeBicubicAntialias(height, width),
                Cases.Random("x", 1, h, w, 2));
        }
    }

    private static IEnumerable<ConformanceCase> Samples()
    {
        HostTensor x = Cases.Random("x", 2, 3, 4, 6);
        yield return new(
            "GridSample inside", _ => new GridSample(), x, Cases.Random("g", 0.9f, 2, 5, 3, 2))
        { PerBatch = [0, 1] };
        yield return new(
            "GridSample beyond the edges", _ => new GridSample(), x, Cases.Random("g", 1.6f, 2, 9, 4, 2))
        { PerBatch = [0, 1] };
        yield return new("GridSample at corners, centers and far away", _ => new GridSample(), Cases.Random("x", 1, 2, 4, 4),
            HostTensor.Of([-1f, -1, 1, 1, 0, 0, -0.75f, 0.25f, -3, 0, 50, -50], 1, 6, 1, 2))
        { PerBatch = [0, 1] };
        yield return new(
            "GridSample of one pixel", _ => new GridSample(), Cases.Random("x", 1, 1, 1, 1),
            HostTensor.Of([0f, 0, 0.5f, -0.5f, 1.5f, 0], 1, 1, 3, 2))
        { PerBatch = [0, 1] };
        yield return new("DeformableSampling of one level", _ => new DeformableSampling(2, 3, [4, 5]),
            Cases.Random("v", 2, 20, 6), Locations(2, 7, 2, 3), Cases.Random("w", 2, 7, 2, 3))
        { PerBatch = [0, 1, 2] };
        yield return new("DeformableSampling of two levels", _ => new DeformableSampling(4, 2, [6, 4, 3, 2]),
            Cases.Random("v", 2, 30, 8), Locations(2, 5, 4, 4), Cases.Random("w", 2, 5, 4, 4))
        { PerBatch = [0, 1, 2] };
        yield return new("DeformableSampling of one point", _ => new DeformableSampling(1, 1, [1, 1]),
            Cases.Random("v", 1, 1, 1), Locations(1, 3, 1, 1), Cases.Random("w", 1, 3, 1, 1))
        { PerBatch = [0, 1, 2] };
    }

    // 0…1 spans the image; some lie outside.
    private static HostTensor Locations(int batch, int queries, int heads, int samples) =>
        HostTensor.Of(
            [.. Cases.Random("l", 0.7f, batch, queries, heads, samples, 2).ToSingles().Select(v => v + 0.5f)], batch, queries,
            heads, samples, 2);
}
