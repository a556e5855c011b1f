using RfDetr.Checkpoints;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Tools;

/// <summary>Compares computed stages with a bundle's, in the network's order.</summary>
/// <remarks>
/// In half precision proposals change places whose scores are nearer to one another than its rounding. Where rows are a set
/// (golden files), up to <see cref="DisplacedShare"/> of the proposals may be others, and as many rows are left out later. Where
/// rows are compared in order, up to <see cref="SwappedShare"/> of the queries may hold another proposal: a query adds its own
/// learned part to the proposal of its rank, so that its results follow the place and not the proposal. Those queries are left
/// out of this and of all later stages.
/// </remarks>
/// <param name="bundle">The expected stages.</param>
/// <param name="rowsAsSet">True to compare rows of queries as a set.</param>
/// <param name="options">Engine, precision and tolerance.</param>
/// <param name="isHalf">True if the compared file computes in half precision by itself.</param>
internal sealed class StageComparer(StageBundle bundle, bool rowsAsSet, ParityOptions options, bool isHalf = false)
{
    private const double TightRelative = 1e-5, LooseRelative = 1e-4;

    // Half precision keeps 11 bits, a relative error of 5e-4 for each rounded value. Through all layers the built-in models and
    // the golden networks show up to 2e-3 of a stage's largest value where no proposal changes places.
    private const double HalfRelative = 1e-2;

    // Queries that hold other proposals reach the rest through self-attention: up to 1.4e-2 was seen ('demo' on the noise of its
    // bundle).
    private const double SwappedRelative = 2e-2;

    // Up to 4 of 40 queries were seen to change places (the built-in models, four images of noise each).
    private const double SwappedShare = 0.15;

    // 5: what goldens allow an implementation beyond the reference's own float32 rounding.
    private const double ReferenceErrors = 5;

    private const double DisplacedShare = 0.02;

    private readonly bool _isHalf = isHalf || options.Precision == ExportPrecision.Float16 ||
        bundle.Text(StageBundle.PrecisionFact) == nameof(ExportPrecision.Float16);

    // Image and query of rows that hold other proposals. Two proposals of one object may be too alike to be noticed before the
    // results.
    private readonly HashSet<(int Image, int Query)> _swapped = [];

    /// <summary>Number of proposals, compared as a set, that half precision selected otherwise.</summary>
    public int Displaced { get; private set; }

    /// <exception cref="CheckpointFormatException">The bundle's stage does not fit the network's.</exception>
    public StageResult Compare(ExpectedStage expected, HostTensor actual)
    {
        double tolerance = Tolerance(expected);
        float[] values = actual.ToSingles();
        if (expected.Index is { } index)
            return new(expected.Name, Sampled(expected, index, values, actual), tolerance);
        CheckShape(expected, actual.Shape);
        if (!StageNames.HasQueryRows(expected.Name))
            return new(expected.Name, RowSets.MaxDifference(expected.Values, values), tolerance);

        int batch = actual.Shape[0], rows = expected.Shape![1], ours = actual.Shape[1],
        length = (int)(actual.Count / batch / ours);
        if (rowsAsSet)
            return AsSet(expected.Name, RowSets.NearestRows(expected.Values, values, batch, rows, ours, length), tolerance);
        if (_isHalf)
            return InHalf(expected, RowSets.RowsInOrder(expected.Values, values, batch, rows, ours, length), rows);
        double error = RowSets.MaxInOrder(expected.Values, values, batch, rows, ours, length);
        string? note = error > tolerance
            && RowSets.NearestRows(expected.Values, values, batch, rows, ours, length).Max() <= tolerance
            ? "the rows are the expected ones in another order: proposals with nearly equal scores changed places"
            : null;
        return new(expected.Name, error, tolerance, note);
    }

    /// <summary>Largest allowed error of a stage.</summary>
    public double Tolerance(ExpectedStage expected) =>
        Math.Max(ReferenceErrors * bundle.ReferenceError(expected.Name), Relative * Largest(expected.Values));

    private double Relative => options.RelativeTolerance ?? (_swapped.Count > 0 ? SwappedRelative
        : _isHalf ? HalfRelative : bundle.KnowsReferenceErrors ? TightRelative : LooseRelative);

    private StageResult InHalf(ExpectedStage stage, double[] distances, int rows)
    {
        double apart = Tolerance(stage) * (_swapped.Count > 0 ? 1 : SwappedRelative / HalfRelative);
        (int, int)[] found = [.. Enumerable.Range(0, distances.Length).Where(i => distances[i] > apart).Select(Place)];
        if (_swapped.Union(found).Count() <= SwappedShare * distances.Length)
            _swapped.UnionWith(found);
        double error = distances.Where((_, i) => !_swapped.Contains(Place(i))).DefaultIfEmpty().Max();
        string? note = _swapped.Count == 0 ? null
            : $"without {_swapped.Count} of {distances.Length} queries whose proposals changed places: their scores are "
                + $"nearer than half precision";
        return new(stage.Name, error, Tolerance(stage), note);

        (int Image, int Query) Place(int row) => (row / rows, row % rows);
    }

    private StageResult AsSet(string stage, double[] distances, double tolerance)
    {
        Array.Sort(distances);
        int apart = distances.Count(d => d > tolerance);
        if (stage == StageNames.Proposals && _isHalf)
            Displaced = Math.Min(apart, (int)(DisplacedShare * distances.Length));
        int left = Math.Min(Math.Min(Displaced, apart), distances.Length - 1);
        return new(
            stage, distances[^(left + 1)], tolerance,
            left == 0 ? null : $"without {left} of {distances.Length} rows that half precision selected otherwise");
    }

    private static double Largest(float[] values)
    {
        float largest = 0;
        foreach (float value in values)
            largest = float.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : largest;
        return largest;
    }

    private double Sampled(ExpectedStage expected, long[] index, float[] values, HostTensor actual)
    {
        string shape = $"[{string.Join(", ", actual.Shape)}]";
        if (bundle.Text("shape_" + expected.Name) is { } said && said != shape)
            throw Misfit(expected.Name, said, shape);
        var picked = new float[index.Length];
        for (int i = 0; i < index.Length; i++)
        {
            if (index[i] < 0 || index[i] >= values.Length)
                throw new CheckpointFormatException(
                    $"'{bundle.FileName}': '{expected.Name}.index' has {index[i]}, but the stage has {values.Length} "
                        + $"values ({shape})");
            picked[i] = values[index[i]];
        }

        return RowSets.MaxDifference(expected.Values, picked);
    }

    // Of masks, a file may hold those of the first queries only.
    private void CheckShape(ExpectedStage expected, IReadOnlyList<int> actual)
    {
        IReadOnlyList<int> shape = expected.Shape!;
        bool part = expected.Name == StageNames.FirstMasks && shape.Count == actual.Count && shape[1] <= actual[1];
        if (!shape.Where((_, i) => !(part && i == 1)).SequenceEqual(actual.Where((_, i) => !(part && i == 1))))
            throw Misfit(expected.Name, $"[{string.Join(", ", shape)}]", $"[{string.Join(", ", actual)}]");
    }

    private CheckpointFormatException Misfit(string stage, string expected, string actual) =>
        new(
            $"'{bundle.FileName}': stage '{stage}' has shape {expected}, the network's has {actual}; the bundle belongs "
                + $"to another model, resolution or batch");
}
