namespace RfDetr.Cpu;

/// <summary>Gives every storage a place such that no two that are alive at once overlap.</summary>
internal static class Arena
{
    /// <summary>
    /// Places largest first, each into the smallest gap that takes it between those it shares a lifetime with. Returns the size.
    /// </summary>
    public static long Place(IEnumerable<Storage> storages)
    {
        var placed = new List<Storage>();
        long size = 0;
        foreach (
            Storage storage in storages.Where(s => !s.IsConstant && s.Last >= 0)
                .OrderByDescending(s => s.Bytes).ThenBy(s => s.First))
        {
            long bytes = Aligned(storage.Bytes), end = 0, best = -1, bestGap = long.MaxValue;
            foreach (
                Storage other in placed.Where(o => o.First <= storage.Last && storage.First <= o.Last).OrderBy(o => o.Offset))
            {
                long gap = other.Offset - end;
                if (gap >= bytes && gap < bestGap)
                    (best, bestGap) = (end, gap);
                end = Math.Max(end, other.Offset + Aligned(other.Bytes));
            }

            storage.Offset = best >= 0 ? best : end;
            size = Math.Max(size, storage.Offset + bytes);
            placed.Add(storage);
        }

        return size;
    }

    private static long Aligned(long bytes) =>
        (bytes + NativeBlock.Alignment - 1) / NativeBlock.Alignment * NativeBlock.Alignment;
}
