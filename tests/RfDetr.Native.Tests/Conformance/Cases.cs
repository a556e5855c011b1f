using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Tests.Conformance;

/// <summary>All cases: the usual shapes of the network made small, and the edges of each operation.</summary>
internal static class Cases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
        [.. Elementwise(), .. Products(), .. Layout(), .. Reductions(), .. MapCases.All, .. Derived(), .. Fused()];

    /// <summary>Seeded values in [−range, range).</summary>
    public static HostTensor Random(string key, float range, params ReadOnlySpan<int> shape)
    {
        var values = new float[shape.ToArray().Aggregate(1, (product, size) => product * size)];
        FormulaWeights.Fill(key, values);
        return HostTensor.Of([.. values.Select(v => v * range)], shape);
    }

    public static HostTensor Random(string key, params ReadOnlySpan<int> shape) => Random(key, 1, shape);

    private static IEnumerable<ConformanceCase> Elementwise()
    {
        foreach (UnaryKind kind in Enum.GetValues<UnaryKind>())
        {
            HostTensor x = kind switch
            {
                UnaryKind.Sqrt => HostTensor.Of([0f, 0.25f, 1e-6f, 2, 1e4f, 0.1f], 2, 3),
                UnaryKind.Reciprocal => HostTensor.Of([0.5f, -0.25f, 3, -7, 1, 0.7f], 2, 3),
                UnaryKind.Erf => HostTensor.Of([0f, -0.001f, 0.5f, -2.49f, 2.51f, -6.5f], 2, 3),
                _ => HostTensor.Of([0f, -0.5f, 1.5f, -6, 6.28f, 0.001f], 2, 3),
            };
            yield return new($"Unary {kind}", _ => new Unary(kind), x) { PerBatch = [0] };
            yield return new($"Unary {kind} of one number", _ => new Unary(kind), HostTensor.Of([0.75f], 1));
        }

        foreach (BinaryKind kind in Enum.GetValues<BinaryKind>())
        {
            HostTensor divisor =
                HostTensor.Of([.. Random("b", 2f, 2, 3, 4).ToSingles().Select(v => v < 0 ? v - 0.5f : v + 0.5f)], 2, 3, 4);
            yield return new(
                $"Binary {kind} of equal shapes", _ => new Binary(kind), Random("a", 2f, 2, 3, 4), divisor)
            { PerBatch = [0, 1] };
            yield return new(
                $"Binary {kind} by a row", _ => new Binary(kind), Random("a", 2f, 2, 3, 4), HostTensor.Of([1f, -2, 0.5f, 4], 4))
            { PerBatch = [0] };
            yield return new(
                $"Binary {kind} of a row by a map", _ => new Binary(kind), HostTensor.Of([1f, -2, 0.5f, 4], 4), divisor)
            { PerBatch = [1] };
            yield return new(
                $"Binary {kind} by one number", _ => new Binary(kind), Random("a", 2f, 3, 5), HostTensor.Of([3f], 1))
            { PerBatch = [0] };
            yield return new(
                $"Binary {kind} of column and row", _ => new Binary(kind), Random("a", 2f, 3, 1),
                HostTensor.Of([1f, -2, 0.5f, 4, 5], 1, 5));
            yield return new(
                $"Binary {kind} stretched in the middle", _ => new Binary(kind), Random("a", 2f, 2, 3, 1, 2),
                HostTensor.Of([1f, -2, 0.5f, 4], 1, 2, 2))
            { PerBatch = [0] };
            yield return new($"Binary {kind} of scalars", _ => new Binary(kind), HostTensor.Of([2.5f]), HostTensor.Of([-0.5f]));
        }
    }

    private static IEnumerable<ConformanceCase> Products()
    {
        yield return new("MatMul of matrices", _ => new MatMul(), Random("a", 3, 4), Random("b", 4, 5));
        yield return new("MatMul of a row by a column", _ => new MatMul(), Random("a", 1, 7), Random("b", 7, 1));
        yield return new("MatMul of 1×1", _ => new MatMul(), Random("a", 1, 1), Random("b", 1, 1));
        yield return new("MatMul transposed", _ => new MatMul(true), Random("a", 3, 4), Random("b", 5, 4));
        yield return new(
            "MatMul of batches", _ => new MatMul(), Random("a", 2, 3, 3, 4), Random("b", 2, 3, 4, 5))
        { PerBatch = [0, 1] };
        yield return new(
            "MatMul of batches transposed", _ => new MatMul(true), Random("a", 2, 3, 3, 4), Random("b", 2, 3, 5, 4))
        { PerBatch = [0, 1] };
        yield return new(
            "MatMul of a batch by one matrix", _ => new MatMul(), Random("a", 2, 9, 33), Random("b", 33, 17))
        { PerBatch = [0] };
        yield return new(
            "MatMul with stretched batches", _ => new MatMul(), Random("a", 2, 1, 3, 4), Random("b", 1, 3, 4, 2))
        { PerBatch = [0] };
        yield return new(
            "MatMul of one matrix by a batch, transposed", _ => new MatMul(true), Random("a", 3, 4), Random("b", 2, 5, 4))
        { PerBatch = [1] };
    }

    private static IEnumerable<ConformanceCase> Layout()
    {
        HostTensor x = Random("x", 2, 6, 4), indices = HostTensor.Of([2L, 0, 0, 5, 4, 1], 2, 3);
        yield return new("Reshape to rows", b => new Reshape([b * 6, 4]), x) { PerBatch = [0] };
        yield return new("Reshape to more axes", b => new Reshape([b, 2, 3, 2, 2]), x) { PerBatch = [0] };
        yield return new(
            "Reshape that joins windows", b => new Reshape([b, 12, 3]), Random("x", 8, 3, 3))
        { PerBatch = [0], Batch = 2 };
        yield return new("Reshape of indices", _ => new Reshape([6]), indices);
        yield return new("Permute two axes", _ => new Permute([1, 0]), Random("x", 3, 5));
        yield return new("Permute inner axes", _ => new Permute([0, 2, 1]), x) { PerBatch = [0] };
        yield return new(
            "Permute six axes", _ => new Permute([0, 1, 3, 2, 4, 5]), Random("x", 2, 2, 3, 2, 3, 2))
        { PerBatch = [0] };
        yield return new("Permute with sizes of one", _ => new Permute([2, 0, 3, 1]), Random("x", 1, 4, 1, 3));
        yield return new("Permute nothing", _ => new Permute([0, 1]), Random("x", 2, 2));
        yield return new("Permute indices", _ => new Permute([1, 0]), indices);
        yield return new("Slice the middle", _ => new Slice(1, 2, 3), x) { PerBatch = [0] };
        yield return new("Slice the last entry of the last axis", _ => new Slice(2, 3, 1), x) { PerBatch = [0] };
        yield return new("Slice everything", _ => new Slice(0, 0, 2), x);
        yield return new("Slice indices", _ => new Slice(1, 1, 2), indices);
        yield return new("BroadcastTo a larger first axis", _ => new BroadcastTo([2, 3, 4]), Random("x", 1, 3, 4));
        yield return new("BroadcastTo more axes", _ => new BroadcastTo([2, 3, 4]), Random("x", 4));
        yield return new("BroadcastTo its own shape", b => new BroadcastTo([b, 6, 4]), x) { PerBatch = [0] };
        yield return new("BroadcastTo from the middle", b => new BroadcastTo([b, 5, 3]), Random("x", 2, 1, 3)) { PerBatch = [0] };
        yield return new(
            "Concat the last axis", _ => new Concat(2), x, Random("y", 2, 6, 1), Random("z", 2, 6, 3))
        { PerBatch = [0, 1, 2] };
        yield return new("Concat the first axis", _ => new Concat(0), Random("y", 1, 3), Random("z", 4, 3));
        yield return new("Concat one tensor", _ => new Concat(1), x);
        yield return new("Concat indices", _ => new Concat(1), indices, HostTensor.Of([7L, 8], 2, 1));
        yield return new("Take rows", _ => new Take(), Random("t", 6, 4), indices) { PerBatch = [1] };
        yield return new("Take single numbers", _ => new Take(), Random("t", 6), HostTensor.Of([5L, 5, 0], 3));
        yield return new("Take from a table of matrices", _ => new Take(), Random("t", 3, 2, 2), HostTensor.Of([2L], 1));
        yield return new("GatherRows per image", _ => new GatherRows(), x, indices) { PerBatch = [0, 1] };
        yield return new(
            "GatherRows of one image", _ => new GatherRows(), Random("r", 1, 3, 1), HostTensor.Of([2L, 2, 0, 1], 1, 4));
    }

    private static IEnumerable<ConformanceCase> Reductions()
    {
        HostTensor x = Random("x", 3f, 2, 5, 4), ties = HostTensor.Of([1f, 3, 3, -1, 3, 0, 0, 0, 0, 0, -2, -1, -1, -3, -1], 3, 5);
        foreach (ReduceKind kind in Enum.GetValues<ReduceKind>())
        {
            yield return new($"Reduce {kind} of the last axis", _ => new Reduce(kind, 2), x) { PerBatch = [0] };
            yield return new($"Reduce {kind} of the middle axis", _ => new Reduce(kind, 1), x) { PerBatch = [0] };
            yield return new($"Reduce {kind} keeping the axis", _ => new Reduce(kind, 2, Keep: true), x) { PerBatch = [0] };
            yield return new($"Reduce {kind} of the first axis", _ => new Reduce(kind, 0), x);
            yield return new($"Reduce {kind} of one entry", _ => new Reduce(kind, 1), Random("y", 2, 1, 3)) { PerBatch = [0] };
        }

        yield return new("Softmax of rows", _ => new Softmax(), x) { PerBatch = [0] };
        yield return new(
            "Softmax of large numbers", _ => new Softmax(), HostTensor.Of([1000f, 999, 998, -1000, -1000, -1000], 2, 3))
        { PerBatch = [0] };
        yield return new("Softmax of one number", _ => new Softmax(), Random("y", 3, 1));
        yield return new("TopKIndices of distinct values", _ => new TopKIndices(3), x) { PerBatch = [0] };
        yield return new("TopKIndices with ties", _ => new TopKIndices(3), ties) { PerBatch = [0] };
        yield return new("TopKIndices of all", _ => new TopKIndices(5), ties) { PerBatch = [0] };
        yield return new("TopKIndices of one", _ => new TopKIndices(1), HostTensor.Of([4f], 1, 1));
        yield return new(
            "TopKIndices of many ties", _ => new TopKIndices(40),
            HostTensor.Of([.. Enumerable.Range(0, 100).Select(i => (float)(i % 7))], 1, 100))
        { PerBatch = [0] };
    }

    private static IEnumerable<ConformanceCase> Derived()
    {
        HostTensor x = Random("x", 4f, 2, 3, 8);
        yield return new("Gelu", _ => new Gelu(), x) { PerBatch = [0] };
        yield return new("Gelu of one number", _ => new Gelu(), HostTensor.Of([-0.3f], 1));
        yield return new("Silu", _ => new Silu(), x) { PerBatch = [0] };
        yield return new("Silu of one number", _ => new Silu(), HostTensor.Of([-0.3f], 1));
        yield return new("Linear", _ => new Linear(), x, Random("w", 5, 8), Random("b", 5)) { PerBatch = [0] };
        yield return new("Linear without bias", _ => new Linear(), x, Random("w", 5, 8)) { PerBatch = [0] };
        yield return new(
            "Linear of rows", _ => new Linear(), Random("x", 7, 65), Random("w", 33, 65), Random("b", 33))
        { PerBatch = [0] };
        yield return new(
            "Linear of a map to one channel", _ => new Linear(), Random("x", 2, 2, 3, 1), Random("w", 1, 1), Random("b", 1))
        { PerBatch = [0] };
        yield return new("LayerNorm", _ => new LayerNorm(1e-5f), x, Random("w", 8), Random("b", 8)) { PerBatch = [0] };
        yield return new(
            "LayerNorm of nearly equal numbers", _ => new LayerNorm(1e-6f), Random("x", 1e-3f, 2, 4), Random("w", 4),
            Random("b", 4))
        { PerBatch = [0] };
        yield return new(
            "LayerNorm of one row", _ => new LayerNorm(1e-6f), Random("x", 100f, 1, 64), Random("w", 64), Random("b", 64));
        yield return new(
            "Attention of itself", _ => new Attention(2), x, Random("k", 2, 3, 8), Random("v", 2, 3, 8))
        { PerBatch = [0, 1, 2] };
        yield return new(
            "Attention of other lengths", _ => new Attention(4), x, Random("k", 2, 7, 8), Random("v", 2, 7, 8))
        { PerBatch = [0, 1, 2] };
        yield return new(
            "Attention of one head and one key", _ => new Attention(1), Random("q", 1, 5, 3), Random("k", 1, 1, 3),
            Random("v", 1, 1, 3))
        { PerBatch = [0, 1, 2] };
    }

    private static IEnumerable<ConformanceCase> Fused()
    {
        foreach (Epilogue activation in Enum.GetValues<Epilogue>())
        {
            yield return new(
                $"FusedLinear {activation}", _ => new FusedLinear(true, activation, false), Random("x", 2, 3, 8),
                Random("w", 5, 8), Random("b", 5))
            { PerBatch = [0] };
            yield return new(
                $"FusedLinear {activation} with a residual", _ => new FusedLinear(true, activation, true), Random("x", 2, 3, 8),
                Random("w", 5, 8), Random("b", 5), Random("r", 2, 3, 5))
            { PerBatch = [0, 3] };
            yield return new(
                $"FusedLinear {activation} without bias, with a residual", _ => new FusedLinear(false, activation, true),
                Random("x", 1, 8), Random("w", 1, 8), Random("r", 1, 1))
            { PerBatch = [0, 2] };
        }
    }
}
