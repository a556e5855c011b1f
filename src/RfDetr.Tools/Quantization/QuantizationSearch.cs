namespace RfDetr.Tools;

/// <summary>Finds out which blocks may be in int8.</summary>
/// <remarks>
/// All begin in int8. Where that loses more than the budget, the block that costs most by itself goes back to float, and the
/// whole is measured again, until the loss is within the budget; at the latest when nothing is left in int8.
/// </remarks>
public sealed class QuantizationSearch
{
    private readonly IReadOnlyList<QuantizedBlock> _blocks;
    private readonly Func<QuantizationPolicy, CancellationToken, Task<double>> _measure;

    /// <summary>Prepares a search.</summary>
    /// <param name="blocks">All that may be quantized; only names and shares count.</param>
    /// <param name="measure">Average precision (0..1) of the model with a policy.</param>
    public QuantizationSearch(
        IReadOnlyList<QuantizedBlock> blocks, Func<QuantizationPolicy, CancellationToken, Task<double>> measure)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(measure);
        (_blocks, _measure) = (blocks, measure);
    }

    /// <summary>Runs the search.</summary>
    /// <param name="start">Activations and ranges to use; its blocks are not looked at.</param>
    /// <param name="budget">Points of average precision (×100) that may be lost, at least 0.</param>
    /// <param name="progress">
    /// Called before each measurement with what is measured, how many are done and how many there will at least be.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The policy with costs and both precisions.</returns>
    public async Task<QuantizationPolicy> RunAsync(
        QuantizationPolicy start, double budget, Action<string, int, int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        int done = 0, expected = _blocks.Count + 2;
        var costs = new Dictionary<string, double>();
        double whole = await MeasureAsync("float", []).ConfigureAwait(false);
        foreach (QuantizedBlock block in _blocks)
            costs[block.Name] = 100 * (whole - await MeasureAsync(block.Name, [block.Name]).ConfigureAwait(false));

        // Equal costs: the block that saves least goes first.
        var left = _blocks.OrderByDescending(b => costs[b.Name]).ThenBy(b => b.Share).Select(b => b.Name).ToList();
        double precision = await MeasureAsync("all in int8", left).ConfigureAwait(false);
        while (left.Count > 0 && 100 * (whole - precision) > budget)
        {
            string worst = left[0];
            left.RemoveAt(0);
            expected++;
            precision = left.Count == 0 ? whole : await MeasureAsync($"without {worst}", left).ConfigureAwait(false);
        }

        return With(left) with { FloatPrecision = whole, Int8Precision = precision, Budget = budget };

        Task<double> MeasureAsync(string what, IReadOnlyCollection<string> names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Invoke(what, done++, expected);
            return _measure(With(names), cancellationToken);
        }

        QuantizationPolicy With(IReadOnlyCollection<string> names) =>
            start with
            {
                Blocks =
                [
                    .. _blocks.Select(b =>
                        b with
                        {
                            IsInt8 = names.Contains(b.Name), Cost = costs.TryGetValue(b.Name, out double cost) ? cost : null
                        })
                ]
            };
    }
}
