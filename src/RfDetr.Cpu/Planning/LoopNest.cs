namespace RfDetr.Cpu;

/// <summary>
/// The loops of an operation on elements: as few rows as possible, each walked with one distance per operand, cut into tasks.
/// </summary>
internal sealed class LoopNest
{
    private const int TaskElements = 16 * 1024;
    private readonly int _perTask;

    /// <param name="sizes">Of the result.</param>
    /// <param name="operands">Distances of each operand's entries along the result's axes (0 where it is stretched).</param>
    /// <param name="threads">More than one allows tasks to be shared.</param>
    public LoopNest(int[] sizes, int[][] operands, int threads)
    {
        (int[] merged, int[][] strides) = Merge(sizes, operands);
        Length = merged[^1];
        Steps = [.. strides.Select(s => s[^1])];
        Rows = [.. strides.Select(s => View.Offsets(merged[..^1], s[..^1], 0))];
        RowCount = View.Product(merged.AsSpan(0, merged.Length - 1));
        long total = (long)RowCount * Length;
        int shares = threads == 1 || total <= TaskElements ? 1 : (int)((total + TaskElements - 1) / TaskElements);
        int units = RowCount == 1 ? Length : RowCount;
        _perTask = (units + shares - 1) / shares;
        Tasks = total == 0 ? 0 : (units + _perTask - 1) / _perTask;
    }

    public int Tasks { get; }

    public int RowCount { get; }

    /// <summary>Elements of a row.</summary>
    public int Length { get; }

    /// <summary>Distance of an operand's entries within a row.</summary>
    public int[] Steps { get; }

    /// <summary>Offset of each row, per operand.</summary>
    public int[][] Rows { get; }

    /// <summary>Rows of a task, and the part of each.</summary>
    public (int FirstRow, int EndRow, int Start, int Length) this[int task] =>
        RowCount == 1 ? (0, 1, task * _perTask, Math.Min(_perTask, Length - task * _perTask))
        : (task * _perTask, Math.Min((task + 1) * _perTask, RowCount), 0, Length);

    // Neighboring axes become one where every operand walks evenly over both.
    private static (int[] Sizes, int[][] Strides) Merge(int[] sizes, int[][] operands)
    {
        var merged = new List<int>();
        List<int>[] strides = [.. operands.Select(_ => new List<int>())];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] == 1)
                continue;
            bool joins = merged.Count > 0;
            for (int i = 0; joins && i < operands.Length; i++)
                joins = strides[i][^1] == operands[i][axis] * sizes[axis];
            if (joins)
                merged[^1] *= sizes[axis];
            else
                merged.Add(sizes[axis]);
            for (int i = 0; i < operands.Length; i++)
            {
                if (joins)
                    strides[i][^1] = operands[i][axis];
                else
                    strides[i].Add(operands[i][axis]);
            }
        }

        if (merged.Count == 0)
        {
            merged.Add(1);
            foreach (List<int> list in strides)
                list.Add(1);
        }

        return ([.. merged], [.. strides.Select(s => s.ToArray())]);
    }
}
