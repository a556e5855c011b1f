using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

public class TilingTests
{
    [Fact]
    public void Tiles_cover_the_image_and_stay_inside()
    {
        var random = new Random(5);
        for (int trial = 0; trial < 200; trial++)
        {
            (int width, int height) = (1 + random.Next(300), 1 + random.Next(300));
            (int w, int h) = (1 + random.Next(120), 1 + random.Next(120));
            var options = new TileOptions
            {
                Width = w,
                Height = h,
                Overlap = random.Next(2) == 0 ? TileOverlap.Pixels(random.Next(w), random.Next(h))
                    : TileOverlap.Share(random.NextDouble() * 0.9),
                Remainder = (TileRemainder)random.Next(2),
            };
            var covered = new bool[width, height];
            foreach (PixelRect tile in TileGrid.Of(width, height, options))
            {
                tile.Intersect(new PixelRect(0, 0, width, height)).ShouldBe(tile);
                for (int x = tile.X; x < tile.Right; x++)
                {
                    for (int y = tile.Y; y < tile.Bottom; y++)
                        covered[x, y] = true;
                }
            }

            covered.Cast<bool>().ShouldAllBe(c => c);
        }
    }

    [Fact]
    public void Impossible_tiles_are_refused()
    {
        Should.Throw<ArgumentException>(
            () => TileGrid.Of(100, 100, new TileOptions { Width = 0, Overlap = TileOverlap.Pixels(9, 700) })).Message
            .ShouldSatisfyAllConditions(m => m.ShouldContain("Width is 0"), m => m.ShouldContain("700 pixels in a column"));
        Should.Throw<ArgumentException>(() => TileGrid.Of(100_000, 100_000, new TileOptions { Width = 8, Height = 8 })).Message
            .ShouldContain("Choose larger tiles");
        Should.Throw<ArgumentException>(() => TileOverlap.Share(1));
        Should.Throw<ArgumentException>(() => TileGrid.Of(0, 5));
        TileGrid.Auto(1, 1_000_000_000).Width.ShouldBe(1);
    }

    [Fact]
    public void Masks_of_tiles_combine_as_bitmaps_of_the_image_would()
    {
        var random = new Random(7);
        for (int trial = 0; trial < 100; trial++)
        {
            (RleMask a, int ax, int ay) = Blob(random);
            (RleMask b, int bx, int by) = Blob(random);
            RleMask wholeA = a.Place(ax, ay, 60, 50), wholeB = b.Place(bx, by, 60, 50);
            TileMask tileA = TileMask.Of(a, ax, ay), tileB = TileMask.Of(b, bx, by);

            tileA.ToRle(60, 50).ShouldBe(wholeA);
            tileA.Area.ShouldBe(wholeA.Area);
            tileA.Bounds.ShouldBe(wholeA.BoundingBox);
            tileA.IntersectionArea(tileB).ShouldBe(wholeA.IntersectionArea(wholeB));
            tileA.Union(tileB).ToRle(60, 50).ShouldBe(wholeA.Union(wholeB));
            tileA.Union(tileB).Area.ShouldBe(wholeA.Union(wholeB).Area);
            tileA.ToRle(30, 25).ShouldBe(RleMask.Encode(wholeA.Decode(new PixelRect(0, 0, 25, 30))));
        }
    }

    [Fact]
    public void Halves_of_a_mask_at_a_seam_become_one()
    {
        // An object from x = 90 to 130, seen by tiles that meet at 100..110.
        PixelRect left = new(0, 0, 110, 100), right = new(100, 0, 110, 100);
        TileDetection[] halves =
        [
            InTile(left, new PixelRect(90, 40, 20, 10), 0.9f), InTile(right, new PixelRect(100, 40, 30, 10), 0.8f),
        ];

        MergedDetection whole = new TileMerger(new MergeOptions { Threshold = 0.3 }).Merge(halves, 210, 100).Single();

        whole.Mask.ShouldNotBeNull().ToRle(100, 210).ShouldBe(RectangleMask(new PixelRect(90, 40, 40, 10), 100, 210));
        whole.Box.ShouldBe(new BoxXyxy(90, 40, 130, 50));
        whole.Score.ShouldBe(0.9f);
        whole.Members.ShouldBe([0, 1]);
    }

    [Fact]
    public void The_seam_rule_drops_what_another_tile_saw_whole()
    {
        PixelRect left = new(0, 0, 110, 100), right = new(80, 0, 110, 100);
        TileDetection cut = TileDetection.InTile(left, new BoxXyxy(85, 40, 110, 60), 0.95f, 0);
        TileDetection whole = TileDetection.InTile(right, new BoxXyxy(4, 40, 50, 60), 0.6f, 0);
        TileDetection small = TileDetection.InTile(right, new BoxXyxy(10, 45, 18, 52), 0.7f, 0);
        TileDetection alone = TileDetection.InTile(left, new BoxXyxy(100, 80, 110, 90), 0.5f, 0);
        var rule = new MergeOptions { Rule = MergeRule.Suppress, Measure = OverlapMeasure.IoU, Threshold = 0.9 };

        Kept(rule).ShouldBe([2, 1, 3]);
        Kept(rule with { DropCutAtSeams = false }).ShouldBe([0, 2, 1, 3]);

        // The image's own border cuts nothing, another class is another object, and a margin of 0 needs the exact border.
        var atImageBorder = TileDetection.InTile(left, new BoxXyxy(0, 10, 30, 30), 0.9f, 0);
        SeamRule.Dropped([atImageBorder, atImageBorder with { Tile = null }], 190, 100, rule).ShouldBe([false, false]);
        SeamRule.Dropped([cut, whole with { ClassId = 1 }], 190, 100, rule).ShouldBe([false, false]);
        SeamRule.Dropped([cut, whole with { ClassId = 1 }], 190, 100, rule with { ClassAgnostic = true }).ShouldBe([true, false]);
        TileDetection near = cut with { Box = new BoxXyxy(85, 40, 109, 60) };
        SeamRule.Dropped([near, whole], 190, 100, rule).ShouldBe([true, false]);
        SeamRule.Dropped([near, whole], 190, 100, rule with { SeamMargin = 0 }).ShouldBe([false, false]);

        int[] Kept(MergeOptions options) =>
            [.. new TileMerger(options).Merge([cut, whole, small, alone], 190, 100).Select(m => m.Members[0])];
    }

    [Fact]
    public void Scores_of_merged_detections_follow_the_option()
    {
        TileDetection[] pair = [new(new BoxXyxy(0, 0, 10, 10), 0.8f, 0), new(new BoxXyxy(0, 0, 10, 5), 0.4f, 0)];

        new TileMerger(new MergeOptions { Score = MergedScore.Highest }).Merge(pair, 20, 20).Single().Score.ShouldBe(0.8f);
        new TileMerger(new MergeOptions { Score = MergedScore.AreaWeighted })
            .Merge(pair, 20, 20).Single().Score.ShouldBe(0.6667f, 1e-3f);
    }

    [Fact]
    public void Equal_scores_keep_their_order_and_wrong_input_is_refused()
    {
        TileDetection[] equal =
            [.. Enumerable.Range(0, 5).Select(i => new TileDetection(new BoxXyxy(20 * i, 0, 20 * i + 10, 10), 0.5f, i))];
        var merger = new TileMerger();

        merger.Merge(equal, 100, 20).Select(m => m.ClassId).ShouldBe([0, 1, 2, 3, 4]);
        merger.Merge([], 100, 20).ShouldBeEmpty();
        Should.Throw<ArgumentException>(
            () => merger.Merge([equal[0], equal[1] with { Score = float.NaN }], 9, 9)).Message.ShouldContain("Detection 1");
        Should.Throw<ArgumentException>(
            () => merger.Merge([equal[0], equal[1] with { Mask = TileMask.Of(new PixelRect(0, 0, 2, 2)) }], 9, 9))
            .Message.ShouldContain("give all a mask or none");
        Should.Throw<ArgumentException>(() => new TileMerger(new MergeOptions { Threshold = 2, SeamMargin = -1 })).Message
            .ShouldSatisfyAllConditions(m => m.ShouldContain("Threshold is 2"), m => m.ShouldContain("SeamMargin is -1"));
        Should.Throw<ArgumentException>(
            () => TileDetection.InTile(new PixelRect(0, 0, 5, 5), default, 1, 0, RleMask.Empty(4, 5))).Message
            .ShouldContain("4×5");
    }

    [Fact]
    public void Detections_of_tiles_become_detections_of_the_image()
    {
        PixelRect left = new(0, 0, 110, 100), right = new(100, 0, 110, 100), all = new(0, 0, 210, 100);
        Detections Found(PixelRect tile, PixelRect pixels, float score, string name) => new()
        {
            Width = tile.Width,
            Height = tile.Height,
            Items =
            [
                new Detection
                {
                    Box = pixels.ToXyxy().Offset(-tile.X, -tile.Y),
                    Score = score,
                    ClassId = 3,
                    ClassName = name,
                    Mask = RectangleMask(
                        new PixelRect(pixels.X - tile.X, pixels.Y, pixels.Width, pixels.Height), tile.Height, tile.Width),
                },
            ],
            Times = Times(1),
        };
        StageTimes Times(int factor) => new()
        {
            DecodeMs = factor,
            PreprocessMs = 2 * factor,
            InferenceMs = 3 * factor,
            PostprocessMs = 4 * factor,
        };
        var merger = new TileMerger(new MergeOptions { Threshold = 0.3 });

        Detections found = merger.MergeTiles(
            [(left, Found(left, new PixelRect(90, 40, 20, 10), 0.5f, "bus")),
                (right, Found(right, new PixelRect(100, 40, 30, 10), 0.8f, "bus"))],
            210,
            100);

        Detection bus = found.Items.Single();
        (found.Width, found.Height, bus.ClassId, bus.ClassName, bus.Score).ShouldBe((210, 100, 3, "bus", 0.8f));
        bus.Box.ShouldBe(new BoxXyxy(90, 40, 130, 50));
        bus.Mask.ShouldBe(RectangleMask(new PixelRect(90, 40, 40, 10), 100, 210));
        found.Times.ShouldBe(Times(2));

        // The whole image as a tile has no seams.
        merger.MergeTiles([(all, Found(all, new PixelRect(0, 0, 210, 100), 0.9f, "bus"))], 210, 100).Items.Count.ShouldBe(1);
        Should.Throw<ArgumentException>(
            () => merger.MergeTiles([(right, Found(right, right, 1, "x"))], 200, 100)).Message.ShouldContain("does not lie");
        Should.Throw<ArgumentException>(
            () => merger.MergeTiles([(all, Found(left, left, 1, "x"))], 210, 100)).Message.ShouldContain("110×100");
    }

    private static (RleMask Mask, int X, int Y) Blob(Random random)
    {
        (int width, int height) = (1 + random.Next(20), 1 + random.Next(25));
        var bits = new BitMask(height, width);
        for (int i = 0; i < width * height; i++)
            bits.Pixels[i] = (byte)(random.NextDouble() < 0.7 ? 1 : 0);
        return (RleMask.Encode(bits), random.Next(50 - width), random.Next(60 - height));
    }

    private static TileDetection InTile(PixelRect tile, PixelRect pixels, float score)
    {
        RleMask mask = RectangleMask(
            new PixelRect(pixels.X - tile.X, pixels.Y - tile.Y, pixels.Width, pixels.Height), tile.Height, tile.Width);
        return TileDetection.InTile(tile, new BoxXyxy(
            pixels.X - tile.X, pixels.Y - tile.Y, pixels.Right - tile.X, pixels.Bottom - tile.Y), score, 0, mask);
    }

    private static RleMask RectangleMask(PixelRect pixels, int height, int width) => TileMask.Of(pixels).ToRle(height, width);
}
