using RfDetr.Cpu;
using RfDetr.Tensors;

namespace RfDetr.Tests.Cpu;

/// <summary>Views against moves that are really made.</summary>
public sealed class ViewTests
{
    [Fact]
    public void Random_chains_of_moves_read_the_right_elements()
    {
        var random = new Random(5);
        int tables = 0;
        for (int trial = 0; trial < 3000; trial++)
        {
            int[] sizes = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, 5)), 4];
            View view = View.Dense(new Storage(0), DType.Float32, sizes);
            int[] expected = [.. Enumerable.Range(0, view.Count)];
            for (int step = 0; step < 5; step++)
            {
                (View? moved, int[] values) = Move(view, expected, random);
                if (moved is null)
                    break;
                (view, expected) = (moved, values);
            }

            tables += view.RowTable is null ? 0 : 1;
            Elements(view).ShouldBe(expected);
        }

        tables.ShouldBeGreaterThan(20, "listed rows must be among what is tested");
    }

    [Fact]
    public void Windows_joined_to_an_image_are_listed_rows_and_no_copy()
    {
        View windows = View.Dense(new Storage(0), DType.Float32, [4, 5, 8]).Slice(1, 1, 4);
        View? map = windows.Reshape([1, 2, 2, 2, 2, 8])!.Permute([0, 1, 3, 2, 4, 5])!.Reshape([1, 4, 4, 8]);
        map.ShouldNotBeNull();
        map.RowTable.ShouldNotBeNull();
        map.HasWholeRows.ShouldBeTrue();
        map.RowStep().ShouldBeNull();
        map.RowOffsets()[..4].ShouldBe([8, 16, 48, 56]);
    }

    private static (View? View, int[] Values) Move(View view, int[] values, Random random)
    {
        switch (random.Next(3))
        {
            case 0:
                int axis = random.Next(view.Rank), start = random.Next(view.Sizes[axis]),
                length = random.Next(1, view.Sizes[axis] - start + 1);
                return (
                    view.Slice(axis, start, length),
                    Take(values, view.Sizes, [.. view.Sizes], i => i[axis] += start, axis, length));
            case 1:
                int[] axes = [.. Enumerable.Range(0, view.Rank).OrderBy(_ => random.Next())];
                int[] moved = [.. axes.Select(a => view.Sizes[a])];
                int[] strides = View.DenseStrides(view.Sizes);
                return (
                    view.Permute(axes), [.. View.Offsets(moved, [.. axes.Select(a => strides[a])], 0).Select(at => values[at])]);
            default:
                // Two neighboring axes become one, or one becomes two.
                int[] target = view.Rank > 1 && random.Next(2) == 0 && view.Rank < 6
                    ? Joined(view.Sizes, random.Next(view.Rank - 1))
                    : Split(view.Sizes, random.Next(view.Rank));
                return (view.Reshape(target), values);
        }
    }

    private static int[] Joined(int[] sizes, int axis) =>
        [.. sizes[..axis], sizes[axis] * sizes[axis + 1], .. sizes[(axis + 2)..]];

    private static int[] Split(int[] sizes, int axis) =>
        sizes[axis] % 2 == 0 && sizes.Length < 6 ? [.. sizes[..axis], 2, sizes[axis] / 2, .. sizes[(axis + 1)..]] : sizes;

    private static int[] Take(int[] values, int[] sizes, int[] result, Action<int[]> move, int axis, int length)
    {
        result[axis] = length;
        int[] strides = View.DenseStrides(sizes);
        var first = new int[sizes.Length];
        move(first);
        return [.. View.Offsets(result, strides, first.Zip(strides, (i, s) => i * s).Sum()).Select(at => values[at])];
    }

    private static int[] Elements(View view)
    {
        if (view.Strides is { } strides)
            return View.Offsets(view.Sizes, strides, view.Offset);
        return [.. view.RowOffsets().SelectMany(row => Enumerable.Range(row, view.Width))];
    }
}
