using RfDetr.Checkpoints;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Tools;

/// <summary>Compares computed stages with a bundle's, in the network's order.</summary>
/// <remarks>
/// In half precision proposals at the boundary of the selection change places with others: their scores are nearer to one another than
/// its rounding. Where rows are a set, up to <see cref="DisplacedShare"/> of them may have no counterpart, and as many are left out later.
/// </remarks>
internal sealed class StageComparer(StageBundle bundle, bool rowsAsSet, ParityOptions options)
{
    private const double TightRelative = 1e-5, LooseRelative = 1e-4, HalfRelative = 1e-2;

    // 5: what goldens allow an implementation beyond the reference's own float32 rounding.
    private const double ReferenceErrors = 5;

    private const double DisplacedShare = 0.02;

    /// <summary>Proposals that half precision chose otherwise.</summary>
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

        int batch = actual.Shape[0], rows = expected.Shape![1], ours = actual.Shape[1], length = (int)(actual.Count / batch / ours);
        if (rowsAsSet)
            return AsSet(expected.Name, RowSets.NearestRows(expected.Values, values, batch, rows, ours, length), tolerance);
        double error = RowSets.MaxInOrder(expected.Values, values, batch, rows, ours, length);
        string? note = error > tolerance && RowSets.NearestRows(expected.Values, values, batch, rows, ours, length).Max() <= tolerance
            ? "the rows are the expected ones in another order: proposals with nearly equal scores changed places"
            : null;
        return new(expected.Name, error, tolerance, note);
    }

    /// <summary>Largest allowed error of a stage.</summary>
    public double Tolerance(ExpectedStage expected) =>
        Math.Max(ReferenceErrors * bundle.ReferenceError(expected.Name), Relative * Largest(expected.Values));

    private double Relative => options.RelativeTolerance ??
        (options.Precision == ExportPrecision.Float16 ? HalfRelative : bundle.KnowsReferenceErrors ? TightRelative : LooseRelative);

    private StageResult AsSet(string stage, double[] distances, double tolerance)
    {
        Array.Sort(distances);
        int apart = distances.Count(d => d > tolerance);
        if (stage == StageNames.Proposals && options.Precision == ExportPrecision.Float16)
            Displaced = Math.Min(apart, (int)(DisplacedShare * distances.Length));
        int left = Math.Min(Math.Min(Displaced, apart), distances.Length - 1);
        return new(stage, distances[^(left + 1)], tolerance, left == 0 ? null : $"without {left} of {distances.Length} rows that half precision selected otherwise");
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
                throw new CheckpointFormatException($"'{bundle.FileName}': '{expected.Name}.index' has {index[i]}, but the stage has {values.Length} values ({shape})");
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
        new($"'{bundle.FileName}': stage '{stage}' has shape {expected}, the network's has {actual}; the bundle belongs to another model, resolution or batch");
}
