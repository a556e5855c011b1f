using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Pairs of queries and matched objects, ordered by set, then image, then group, then object.</summary>
internal sealed class Matches
{
    private readonly TorchTensor _members; // [S, M]: 1 where the pair is of the set

    /// <summary>Takes pairs in that order.</summary>
    /// <param name="queries">[M]: image · N + query, N the queries of the pair's own set.</param>
    /// <param name="allQueries">[M]: likewise with all sets' queries in a row.</param>
    /// <param name="targets">[M]: index among the batch's objects.</param>
    /// <param name="pairs">[S, B]: pairs of each set and image.</param>
    /// <param name="type">Element type of what belongs to pairs.</param>
    /// <param name="device">Device on which the indexes are needed.</param>
    public Matches(long[] queries, long[] allQueries, long[] targets, int[][] pairs, ScalarType type, Device device)
    {
        (QueryIndexes, TargetIndexes, Pairs) = (queries, targets, pairs);
        TorchTensor indexes = TorchTensor.From<long>([.. queries, .. allQueries, .. targets], [3, queries.Length], device);
        (Queries, AllQueries, Targets) = (indexes.Select(0, 0), indexes.Select(0, 1), indexes.Select(0, 2));
        var members = new double[pairs.Length * Count];
        for (int set = 0, at = 0; set < pairs.Length; at += CountOf(set), set++)
            members.AsSpan(set * Count + at, CountOf(set)).Fill(1);
        _members = TorchTensor.From<double>(members, [pairs.Length, Count], device).To(type);
    }

    /// <summary>Pairs M of all sets.</summary>
    public int Count => TargetIndexes.Length;

    /// <summary>[M] on the host: image · N + query.</summary>
    public long[] QueryIndexes { get; }

    /// <summary>[M] on the host: index among the batch's objects.</summary>
    public long[] TargetIndexes { get; }

    /// <summary>[S][B]: pairs of each set and image.</summary>
    public int[][] Pairs { get; }

    /// <summary>[M]: image · N + query, for one set's predictions.</summary>
    public TorchTensor Queries { get; }

    /// <summary>[M]: image · N + query, for all sets' predictions in a row.</summary>
    public TorchTensor AllQueries { get; }

    /// <summary>[M]: index among the batch's objects.</summary>
    public TorchTensor Targets { get; }

    /// <summary>Pairs before set <paramref name="set"/>.</summary>
    public int Start(int set) => Pairs.Take(set).Sum(p => p.Sum());

    /// <summary>Pairs of set <paramref name="set"/>.</summary>
    public int CountOf(int set) => Pairs[set].Sum();

    /// <summary>Sums what belongs to pairs by set: [M] → [S]. One product with a matrix of zeros and ones.</summary>
    public TorchTensor SumBySet(TorchTensor perPair) => _members.MatMul(perPair.Unsqueeze(1)).Squeeze(1);
}
