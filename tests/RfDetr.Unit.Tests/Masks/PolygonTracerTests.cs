namespace RfDetr.Tests.Masks;

public sealed class PolygonTracerTests
{
    [Fact]
    public void Filling_the_traced_polygons_gives_the_mask_back()
    {
        var random = new Random(2);
        for (int round = 0; round < 800; round++)
        {
            int height = random.Next(1, 36), width = random.Next(1, 36);
            BitMask mask = Blobs.Mask(random, height, width);
            IReadOnlyList<MaskPolygon> polygons = PolygonTracer.Trace(mask);
            BitMask filled = PolygonFill.Fill(polygons, height, width);
            RleMask.Encode(filled).ShouldBe(RleMask.Encode(mask), $"round {round}\n{Show(mask)}");
        }
    }

    [Fact]
    public void There_is_one_outer_border_per_part_and_one_border_per_hole()
    {
        var random = new Random(4);
        for (int round = 0; round < 300; round++)
        {
            BitMask mask = Blobs.Mask(random, random.Next(1, 30), random.Next(1, 30));
            IReadOnlyList<MaskPolygon> polygons = PolygonTracer.Trace(mask);
            polygons.Count(p => !p.IsHole).ShouldBe(Regions(mask, foreground: true));
            polygons.Count(p => p.IsHole).ShouldBe(Regions(mask, foreground: false));
            foreach (MaskPolygon hole in polygons.Where(p => p.IsHole))
                polygons[hole.Parent].IsHole.ShouldBeFalse();
        }
    }

    [Fact]
    public void A_square_has_its_four_corner_pixels_counter_clockwise()
    {
        BitMask mask = Parse("......", ".####.", ".####.", ".####.", "......");
        MaskPolygon polygon = PolygonTracer.Trace(mask).ShouldHaveSingleItem();
        polygon.Points.ShouldBe([new(1, 1), new(1, 3), new(4, 3), new(4, 1)]);
        polygon.ToCoordinates().ShouldBe([1, 1, 1, 3, 4, 3, 4, 1]);
        (polygon.IsHole, polygon.Parent).ShouldBe((false, -1));
    }

    [Fact]
    public void A_hole_runs_through_the_pixels_around_it()
    {
        BitMask mask = Parse("#####", "#...#", "#.#.#", "#...#", "#####");
        IReadOnlyList<MaskPolygon> polygons = PolygonTracer.Trace(mask);
        polygons.Count.ShouldBe(3);
        MaskPolygon hole = polygons.Single(p => p.IsHole);
        polygons[hole.Parent].Points.ShouldBe([new(0, 0), new(0, 4), new(4, 4), new(4, 0)]);
        hole.Points.ShouldBe(
            [new(0, 1), new(1, 0), new(3, 0), new(4, 1), new(4, 3), new(3, 4), new(1, 4), new(0, 3)], ignoreOrder: true);
        polygons.ShouldContain(p => !p.IsHole && p.Points.Count == 1 && p.Points[0] == new PixelPoint(2, 2));
    }

    [Fact]
    public void Pixels_and_lines_are_degenerate_polygons()
    {
        PolygonTracer.Trace(Parse("#")).ShouldHaveSingleItem().Points.ShouldBe([new(0, 0)]);
        PolygonTracer.Trace(Parse("###")).ShouldHaveSingleItem().Points.ShouldBe([new(0, 0), new(2, 0)]);
        PolygonTracer.Trace(Parse("#..", ".#.", "..#")).ShouldHaveSingleItem().Points.ShouldBe([new(0, 0), new(2, 2)]);
        PolygonTracer.Trace(Parse("...")).ShouldBeEmpty();
    }

    [Fact]
    public void Simplifying_keeps_within_the_tolerance()
    {
        var disc = new BitMask(101, 101);
        for (int i = 0; i < disc.Pixels.Length; i++)
            disc.Pixels[i] = Math.Pow(i % 101 - 50, 2) + Math.Pow(i / 101 - 50, 2) <= 45 * 45 ? (byte)1 : (byte)0;
        RleMask mask = RleMask.Encode(disc);
        MaskPolygon exact = PolygonTracer.Trace(mask).ShouldHaveSingleItem();
        MaskPolygon simple = PolygonTracer.Trace(mask, epsilon: 2).ShouldHaveSingleItem();
        simple.Points.Count.ShouldBeInRange(8, 24);
        simple.Points.Count.ShouldBeLessThan(exact.Points.Count);
        simple.Points.ShouldBeSubsetOf(exact.Points);
        RleMask.Encode(PolygonFill.Fill([simple], 101, 101)).IoU(mask).ShouldBeGreaterThan(0.94);
        Should.Throw<ArgumentOutOfRangeException>(() => PolygonTracer.Trace(mask, double.NaN));
    }

    [Fact]
    public void Polygons_that_cannot_be_filled_are_named()
    {
        Should.Throw<ArgumentException>(() =>
            PolygonFill.Fill([new MaskPolygon([new(0, 0)], IsHole: true, Parent: 3)], 4, 4)).Message.ShouldContain("names 3");
        Should.Throw<ArgumentException>(() =>
            PolygonFill.Fill([new MaskPolygon([], IsHole: false, Parent: -1)], 4, 4)).Message.ShouldContain("no points");
        Should.Throw<ArgumentException>(() =>
            PolygonFill.Fill([new MaskPolygon([new(int.MinValue, 0)], IsHole: false, Parent: -1)], 4, 4));
    }

    private static BitMask Parse(params string[] rows)
    {
        var mask = new BitMask(rows.Length, rows[0].Length);
        for (int i = 0; i < mask.Pixels.Length; i++)
            mask.Pixels[i] = rows[i / mask.Width][i % mask.Width] == '#' ? (byte)1 : (byte)0;
        return mask;
    }

    private static string Show(BitMask mask) =>
        string.Join(
            '\n',
            Enumerable.Range(0, mask.Height).Select(y => string.Concat(mask.Row(y).ToArray().Select(p => p != 0 ? '#' : '.'))));

    /// <summary>Counts 8-connected parts, or 4-connected background regions that do not touch the frame, by flooding.</summary>
    private static int Regions(BitMask mask, bool foreground)
    {
        int width = mask.Width + 2, height = mask.Height + 2, count = 0;
        var todo = new bool[width * height];
        for (int i = 0; i < todo.Length; i++)
        {
            int x = i % width - 1, y = i / width - 1;
            todo[i] = (x >= 0 && y >= 0 && x < mask.Width && y < mask.Height && mask[y, x]) == foreground;
        }

        for (int i = 0; i < todo.Length; i++)
        {
            if (!todo[i])
                continue;
            count++;
            var open = new Stack<int>([i]);
            todo[i] = false;
            while (open.TryPop(out int at))
            {
                for (int dy = -1; dy <= 1; dy++)
                {
                    for (int dx = -1; dx <= 1; dx++)
                    {
                        int x = at % width + dx, y = at / width + dy;
                        if (
                            (!foreground && dx != 0 && dy != 0)
                                || x < 0 || y < 0 || x >= width || y >= height || !todo[y * width + x])
                            continue;
                        todo[y * width + x] = false;
                        open.Push(y * width + x);
                    }
                }
            }
        }

        return foreground ? count : count - 1; // the frame's own background is no hole
    }
}
