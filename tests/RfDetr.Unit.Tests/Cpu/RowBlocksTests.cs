using RfDetr.Cpu;

namespace RfDetr.Tests.Cpu;

/// <summary>Blocks cover every element once, fit the cache, and become small towards the end of each thread's share.</summary>
public sealed class RowBlocksTests
{
    public static TheoryData<int, int, int, int, int, bool> Cases()
    {
        var cases = new TheoryData<int, int, int, int, int, bool>();
        foreach (int rows in new[] { 1, 5, 6, 7, 100, 300, 577, 580, 4096 })
        {
            foreach (int threads in new[] { 1, 2, 3, 16 })
            {
                foreach (
                    (int panels, int tileRows, int most) in new[]
                    {
                        (1, 6, 96), (24, 6, 96), (96, 12, 60), (3, 1, 1), (10, 6, 4)
                    })
                {
                    cases.Add(rows, panels, tileRows, most, threads, true);
                    cases.Add(rows, panels, tileRows, most, threads, false);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_element_is_in_one_block(int rows, int panels, int tileRows, int most, int threads, bool cut)
    {
        var blocks = new RowBlocks(rows, panels, tileRows, most, threads, cut);
        int[,] counts = new int[rows, panels];
        for (int i = 0; i < blocks.Count; i++)
        {
            (int first, int height, int firstPanel, int width) = blocks[i];
            height.ShouldBeInRange(1, blocks.MostRows);
            (first % tileRows).ShouldBe(0);
            if (!cut)
                width.ShouldBe(panels);
            for (int row = first; row < first + height; row++)
            {
                for (int panel = firstPanel; panel < firstPanel + width; panel++)
                    counts[row, panel]++;
            }
        }

        counts.Cast<int>().ShouldAllBe(c => c == 1);
        // One tile more where rows are not a multiple of all threads.
        blocks.MostRows.ShouldBeLessThanOrEqualTo(Math.Max(most / tileRows, 1) * tileRows + tileRows);
    }

    [Fact]
    public void Shares_are_alike_and_each_begins_large_and_ends_small()
    {
        var blocks = new RowBlocks(577, 24, 6, 96, 2, cutColumns: false);
        int half = blocks.Count / 2;
        (blocks.Count % 2).ShouldBe(0);
        int[] rows = [.. Enumerable.Range(0, blocks.Count).Select(i => blocks[i].Rows)];
        Math.Abs(rows[..half].Sum() - rows[half..].Sum()).ShouldBeLessThanOrEqualTo(6);
        foreach (int[] share in new[] { rows[..half], rows[half..] })
        {
            share[0].ShouldBeInRange(96, 102);
            share.ShouldBeInOrder(SortDirection.Descending);
            share[^1].ShouldBeLessThanOrEqualTo(36);
        }
    }
}
