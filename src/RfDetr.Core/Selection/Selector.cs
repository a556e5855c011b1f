using System.Buffers;
using System.Runtime.Intrinsics;

namespace RfDetr;

/// <summary>
/// Picks the detections of one image: the best query × class pairs over all classes (not the best class per query,
/// which loses detections), score descending, equal scores by lower flat index; then the thresholds and the class filter.
/// </summary>
/// <remarks>
/// One pass over the logits in flat order. A logit below the current bound costs one comparison in a vector; the bound
/// starts at the lowest threshold and rises each time the scratch is full and is cut back to the best
/// <see cref="SelectionOptions.NumSelect"/>. A later pair must then beat the worst kept one strictly, because at an equal
/// score the lower index wins: so ties at the boundary are exact. A threshold is applied before the selection only as far as
/// no class passes it, which cannot change the result. A NaN logit never wins.
/// </remarks>
internal static class Selector
{
    /// <summary>Writes the selected pairs, best first, and returns their number.</summary>
    /// <param name="logits">Class logits <c>[queries, classes]</c> of one image, row-major.</param>
    /// <param name="queries">Rows of <paramref name="logits"/>.</param>
    /// <param name="classes">Columns of <paramref name="logits"/>.</param>
    /// <param name="options">Rules for the pairs to keep.</param>
    /// <param name="output">At least <see cref="SelectionOptions.MaxCount"/> long.</param>
    /// <exception cref="ArgumentException">Lengths do not fit one another.</exception>
    public static int Run(
        ReadOnlySpan<float> logits, int queries, int classes, SelectionOptions options, Span<Candidate> output) =>
        Run(logits, queries, classes, options, output, out _);

    /// <summary>
    /// Selects likewise, and reports in <paramref name="saturated"/> that all the pairs which
    /// <see cref="SelectionOptions.NumSelect"/> lets in passed their thresholds, so that others may have been left out.
    /// </summary>
    public static int Run(
        ReadOnlySpan<float> logits, int queries, int classes, SelectionOptions options, Span<Candidate> output,
        out bool saturated)
    {
        Check(logits.Length, queries, classes, options, output.Length);
        int limit = options.MaxCount(queries, classes);
        ulong[] scratch = ArrayPool<ulong>.Shared.Rent((int)Math.Min(logits.Length, 4L * limit));
        try
        {
            var best = new BestPairs(scratch, limit, options.LowestThreshold);
            best.Scan(logits);
            ReadOnlySpan<ulong> keys = best.Finish();
            saturated = keys.Length == limit && AllPass(keys, classes, options);
            return Filter(keys, classes, options, output);
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(scratch);
        }
    }

    private static int Filter(ReadOnlySpan<ulong> keys, int classes, SelectionOptions options, Span<Candidate> output)
    {
        ReadOnlySpan<float> thresholds = options.ClassThresholds.Span;
        ReadOnlySpan<bool> allowed = options.AllowedLabels.Span;
        int count = 0;
        foreach (ulong key in keys)
        {
            (int query, int label) = Math.DivRem(BestPairs.Index(key), classes);
            float score = BestPairs.Score(key);
            if (allowed.Length != 0 && !allowed[label])
                continue;
            if (score > (thresholds.Length != 0 ? thresholds[label] : options.ScoreThreshold))
                output[count++] = new Candidate(query, label, score);
        }

        return count;
    }

    private static bool AllPass(ReadOnlySpan<ulong> keys, int classes, SelectionOptions options)
    {
        foreach (ulong key in keys)
        {
            if (!(BestPairs.Score(key) > Threshold(options, BestPairs.Index(key) % classes)))
                return false;
        }

        return true;
    }

    private static float Threshold(SelectionOptions options, int label) =>
        options.ClassThresholds.IsEmpty ? options.ScoreThreshold : options.ClassThresholds.Span[label];

    private static void Check(int logits, int queries, int classes, SelectionOptions options, int output)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(queries);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (logits != (long)queries * classes)
            throw new ArgumentException(
                $"There are {logits} logits, but {queries} queries × {classes} classes need {(long)queries * classes}.",
                nameof(logits));
        options.CheckClasses(classes);
        if (output < options.MaxCount(queries, classes))
            throw new ArgumentException(
                $"The output holds {output} pairs, but up to {options.MaxCount(queries, classes)} may be selected; make "
                    + $"it MaxCount long.",
                nameof(output));
    }

    /// <summary>The best pairs seen so far, as keys whose ascending order is the order of the result.</summary>
    private ref struct BestPairs(Span<ulong> scratch, int limit, float threshold)
    {
        private readonly Span<ulong> _keys = scratch;
        private float _bound = LogitScore.SmallestLogitAbove(threshold);
        private int _count;

        public static int Index(ulong key) => (int)(uint)key;

        public static float Score(ulong key) => BitConverter.UInt32BitsToSingle(~(uint)(key >> 32));

        public void Scan(ReadOnlySpan<float> logits)
        {
            int i = 0;
            for (; i <= logits.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Vector256<float> block = Vector256.Create(logits.Slice(i, Vector256<float>.Count));
                if (!Vector256.GreaterThanOrEqualAny(block, Vector256.Create(_bound)))
                    continue;
                for (int j = i; j < i + Vector256<float>.Count; j++)
                    Offer(logits[j], j);
            }

            for (; i < logits.Length; i++)
                Offer(logits[i], i);
        }

        public ReadOnlySpan<ulong> Finish()
        {
            Span<ulong> kept = _keys[.._count];
            kept.Sort();
            return kept[..Math.Min(_count, limit)];
        }

        private void Offer(float logit, int index)
        {
            if (!(logit >= _bound))
                return;
            if (_count == _keys.Length)
                Shrink();
            if (!(logit >= _bound))
                return;
            // Scores are not negative, so their bits are ordered like the scores; inverted, the best comes first.
            _keys[_count++] = ((ulong)~BitConverter.SingleToUInt32Bits(LogitScore.Sigmoid(logit)) << 32) | (uint)index;
        }

        private void Shrink()
        {
            _count = Finish().Length;
            _bound = LogitScore.SmallestLogitAbove(Score(_keys[_count - 1]));
        }
    }
}

/// <summary>One selected pair of query and class; a query may appear with several labels.</summary>
/// <param name="Query">0-based row of the network's output: its box and its mask.</param>
/// <param name="Label">0-based class logit, before any mapping to names or category ids.</param>
/// <param name="Score">Sigmoid of the logit, 0..1.</param>
internal readonly record struct Candidate(int Query, int Label, float Score);
