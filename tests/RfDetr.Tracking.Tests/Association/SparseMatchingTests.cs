using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

public class SparseMatchingTests
{
    [Fact]
    public void The_total_gain_is_that_of_the_best_of_all_pairings()
    {
        var random = new Random(1);
        var matching = new SparseMatching();
        for (int trial = 0; trial < 500; trial++)
        {
            (int rows, int columns) = (random.Next(6), random.Next(6));
            var gains = new double?[rows, columns];
            matching.Begin(rows, columns);
            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columns; c++)
                {
                    if (random.NextDouble() > 0.45)
                        continue;
                    gains[r, c] = 0.01 + random.NextDouble();
                    matching.Add(r, c, gains[r, c]!.Value);
                }
            }

            int[] found = matching.Solve().ToArray();

            found.Length.ShouldBe(rows);
            int[] taken = [.. found.Where(c => c >= 0)];
            taken.ShouldBeUnique();
            double total = Enumerable.Range(0, rows).Where(r => found[r] >= 0).Sum(r => gains[r, found[r]].ShouldNotBeNull());
            total.ShouldBe(Best(gains, 0, 0), 1e-9);
        }
    }

    // Tries everything.
    private static double Best(double?[,] gains, int row, int taken)
    {
        if (row == gains.GetLength(0))
            return 0;
        double best = Best(gains, row + 1, taken);
        for (int c = 0; c < gains.GetLength(1); c++)
        {
            if ((taken & 1 << c) == 0 && gains[row, c] is { } gain)
                best = Math.Max(best, gain + Best(gains, row + 1, taken | 1 << c));
        }

        return best;
    }
}
