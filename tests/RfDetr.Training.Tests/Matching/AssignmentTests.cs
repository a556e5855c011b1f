using System.Text.Json;

namespace RfDetr.Tests.Matching;

/// <summary>Rectangular assignment: SciPy's optima, brute force on small sizes, ties, costs that are not finite.</summary>
public sealed class AssignmentTests
{
    public static TheoryData<string, int, int, bool> Problems
    {
        get
        {
            var data = new TheoryData<string, int, int, bool>();
            using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Goldens.Path("assignment.json")));
            foreach (JsonElement p in file.RootElement.EnumerateArray())
                data.Add(
                    p.GetProperty("name").GetString()!, p.GetProperty("rows").GetInt32(), p.GetProperty("cols").GetInt32(),
                    p.GetProperty("rounded_to_half").GetBoolean());
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void Finds_SciPys_optimum(string name, int rows, int columns, bool rounded)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Goldens.Path("assignment.json")));
        JsonElement golden = file.RootElement.EnumerateArray().Single(p => p.GetProperty("name").GetString() == name);
        double[] cost =
        [
            .. Enumerable.Range(0, rows * columns)
                .Select(i => FormulaWeights.Uniform(name, i)).Select(u => rounded ? Math.Round(u * 2) / 2 : u)
        ];
        int[] found = Solve(cost, rows, columns);
        Total(cost, columns, found).ShouldBe(golden.GetProperty("cost").GetDouble(), 1e-12);
        if (rounded)
            return; // with ties only the cost is unique
        int[] wantedRows = [.. golden.GetProperty("row").EnumerateArray().Select(e => e.GetInt32())];
        int[] wantedColumns = [.. golden.GetProperty("col").EnumerateArray().Select(e => e.GetInt32())];
        Enumerable.Range(0, rows).Where(r => found[r] != Assignment.None).ShouldBe(wantedRows);
        found.Where(c => c != Assignment.None).ShouldBe(wantedColumns);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Is_never_beaten_by_brute_force(int levels)
    {
        var random = new Random(levels);
        for (int round = 0; round < 400; round++)
        {
            (int rows, int columns) = (random.Next(0, 6), random.Next(0, 6));

            // Few levels of cost: many ties; some negative.
            double[] cost =
            [
                .. Enumerable.Range(0, rows * columns).Select(_ => levels == 1 ? random.Next(-2, 3) : random.NextDouble() - 0.3)
            ];
            int[] found = Solve(cost, rows, columns);
            found.Count(c => c != Assignment.None).ShouldBe(Math.Min(rows, columns));
            found.Where(c => c != Assignment.None).Distinct().Count().ShouldBe(Math.Min(rows, columns));
            Total(cost, columns, found).ShouldBe(Best(cost, rows, columns), 1e-12);
        }
    }

    [Fact]
    public void Reads_a_part_of_a_larger_matrix()
    {
        double[] cost = [9, 1, 5, 9, 9, 5, 1, 9];
        var columns = new int[2];
        Assignment.Solve(cost.AsSpan(1), 2, 2, 4, columns);
        columns.ShouldBe([0, 1]);
    }

    [Fact]
    public void Not_finite_costs_become_twice_the_largest()
    {
        double[] cost = [1, double.NaN, 3, double.PositiveInfinity, 2, double.NegativeInfinity];
        Assignment.ReplaceNotFinite(cost, 2, 3, 3);
        cost.ShouldBe([1, 6, 3, 6, 2, 6]);
    }

    [Fact]
    public void Not_finite_costs_never_attract()
    {
        double[] negative = [-1, double.NaN, -3, -4], none = [double.NaN, double.NaN];
        Assignment.ReplaceNotFinite(negative, 2, 2, 2);
        negative.ShouldBe([-1, 0, -3, -4]);
        Assignment.ReplaceNotFinite(none, 1, 2, 2);
        none.ShouldBe([0, 0]);
    }

    [Fact]
    public void Wrong_sizes_and_infinite_costs_are_refused()
    {
        Should.Throw<ArgumentException>(() => Assignment.Solve([1, 2, 3], 2, 2, 2, new int[2])).Message.ShouldContain("got 3");
        Should.Throw<ArgumentException>(() =>
            Assignment.Solve([1, 2, 3, 4], 2, 2, 2, new int[3])).Message.ShouldContain("3 entries for 2 rows");
        Should.Throw<ArgumentOutOfRangeException>(() => Assignment.Solve([1, 2], 1, 2, 1, new int[1]));
        Should.Throw<ArgumentException>(() =>
            Solve([double.PositiveInfinity, double.NaN], 1, 2)).Message.ShouldContain("not finite");
    }

    private static int[] Solve(double[] cost, int rows, int columns)
    {
        var found = new int[rows];
        Assignment.Solve(cost, rows, columns, columns, found);
        return found;
    }

    private static double Total(double[] cost, int columns, int[] found) =>
        found.Select((c, r) => c == Assignment.None ? 0 : cost[r * columns + c]).Sum();

    // Every row in turn takes each free column, or none while rows may stay without.
    private static double Best(double[] cost, int rows, int columns, int row = 0, int taken = 0, int assigned = 0)
    {
        if (row == rows)
            return assigned == Math.Min(rows, columns) ? 0 : double.PositiveInfinity;
        double best = rows > columns ? Best(cost, rows, columns, row + 1, taken, assigned) : double.PositiveInfinity;
        for (int c = 0; c < columns; c++)
        {
            if ((taken & (1 << c)) == 0)
                best =
                    Math.Min(best, cost[row * columns + c] + Best(cost, rows, columns, row + 1, taken | (1 << c), assigned + 1));
        }

        return best;
    }
}
