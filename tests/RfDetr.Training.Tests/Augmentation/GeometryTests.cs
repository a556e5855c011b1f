using RfDetr.Data;
using RfDetr.Training;

namespace RfDetr.Tests.Augmentation;

public class GeometryTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Mirroring_and_turning_can_be_undone(int seed)
    {
        Sample s = Samples.Make((ulong)seed);

        Flips.Horizontal(Flips.Horizontal(s)).ShouldBe(s);
        Flips.Vertical(Flips.Vertical(s)).ShouldBe(s);
        Flips.Transpose(Flips.Transpose(s)).ShouldBe(s);
        Flips.Turn(Flips.Turn(s, 1), 3).ShouldBe(s);
        Flips.Turn(Flips.Turn(s, 2), 2).ShouldBe(s);
        Flips.Turn(Flips.Turn(s, 1), 1).ShouldBe(Flips.Turn(s, 2));
    }

    [Fact]
    public void A_quarter_is_clockwise()
    {
        byte[] rgb = [1, 1, 1, 2, 2, 2]; // 1 2
        var s = new Sample(rgb, 2, 1, [new SampleObject(0, new BoxXywh(0, 0, 1, 1), null)]);

        Sample turned = Flips.Turn(s, 1);

        (turned.Width, turned.Height).ShouldBe((1, 2));
        turned.Rgb.ShouldBe(rgb); // 1 above 2
        turned.Objects[0].Box.ShouldBe(new BoxXywh(0, 0, 1, 1));
        Flips.Turn(s, 3).Objects[0].Box.ShouldBe(new BoxXywh(0, 1, 1, 1));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Boxes_are_the_bounds_of_the_moved_masks(int seed)
    {
        var random = new SampleRandom((ulong)seed, 7);
        Sample s = Samples.Make((ulong)seed);

        Flips.Horizontal(s).ShouldBeSound();
        Flips.Vertical(s).ShouldBeSound();
        Flips.Turn(s, seed).ShouldBeSound();
        Crops.Crop(
            s, new PixelRect(random.Below(40), random.Below(30), 1 + random.Below(40), 1 + random.Below(30)), 0).ShouldBeSound();
        Warp.Apply(
            s,
            Affine.About(
                45, 30, random.Either(180), 1 + random.Either(0.5), random.Either(20), random.Either(30), random.Either(30)),
            0).ShouldBeSound();
        // scaled boxes keep fractions that masks of pixels have not
        Mixing.Mosaic(
            [s, Samples.Make(100), Samples.Make(101, 50, 80), Samples.Make(102, 200, 30)], 0, random).ShouldBeSound(slack: 3);
        Stretching.Resize(s, 133, 47).Objects.Length.ShouldBe(s.Objects.Length);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Everything_stays_inside_the_image_without_masks(int seed)
    {
        var random = new SampleRandom((ulong)seed, 8);
        Sample s = Samples.Make((ulong)seed, masks: false);

        Warp.Apply(
            s,
            Affine.About(
                45, 30, random.Either(180), 1 + random.Either(0.9), random.Either(20), random.Either(60), random.Either(60)),
            0.1).ShouldBeSound();
        Crops.Crop(s, new PixelRect(20, 20, 30, 30), 0.1).ShouldBeSound();
    }

    [Fact]
    public void A_crop_moves_pixels_masks_and_boxes_alike()
    {
        Sample s = Samples.Make(5);
        var to = new PixelRect(11, 7, 50, 40);

        Sample cropped = Crops.Crop(s, to, 0);

        for (int y = 0; y < to.Height; y++)
            cropped.Rgb.AsSpan(3 * y * to.Width, 3 * to.Width)
                .SequenceEqual(s.Rgb.AsSpan(3 * ((y + 7) * s.Width + 11), 3 * to.Width)).ShouldBeTrue();
        foreach (SampleObject o in cropped.Objects)
        {
            TargetMask before = s.Objects.Single(b => b.Label == o.Label).Mask!;
            for (int y = 0; y < to.Height; y++)
            {
                for (int x = 0; x < to.Width; x++)
                    o.Mask!.At(x, y).ShouldBe(before.At(x + 11, y + 7));
            }
        }
    }

    [Fact]
    public void Objects_of_which_too_little_is_left_are_dropped()
    {
        var s = new Sample(
            new byte[3 * 100 * 100], 100, 100,
            [new SampleObject(0, new BoxXywh(40, 40, 20, 20), null), new SampleObject(1, new BoxXywh(55, 0, 10, 50), null)]);

        Crops.Crop(s, new PixelRect(56, 0, 44, 100), 0).Objects.Length.ShouldBe(2);
        Crops.Crop(s, new PixelRect(56, 0, 44, 100), 0.25).Objects.ShouldHaveSingleItem().Box.ShouldBe(new BoxXywh(0, 0, 9, 50));
        Crops.Crop(s, new PixelRect(70, 70, 30, 30), 0).Objects.ShouldBeEmpty();
    }

    [Fact]
    public void A_box_without_mask_that_is_not_cut_keeps_its_fractions()
    {
        var s = new Sample(new byte[3 * 100 * 100], 100, 100, [new SampleObject(0, new BoxXywh(40.25, 40.5, 20.125, 20), null)]);

        Crops.Crop(s, new PixelRect(10, 20, 80, 80), 0.5).Objects[0].Box.ShouldBe(new BoxXywh(30.25, 20.5, 20.125, 20));
        Flips.Horizontal(s).Objects[0].Box.ShouldBe(new BoxXywh(100 - 60.375, 40.5, 20.125, 20));
    }

    [Fact]
    public void The_identity_map_changes_nothing()
    {
        Sample s = Samples.Make(3);

        Warp.Apply(s, Affine.About(45, 30, 0, 1, 0, 0, 0), 0.5).ShouldBe(s);
    }

    [Fact]
    public void A_map_by_quarters_is_the_quarter_turn()
    {
        Sample s = Samples.Make(4, 64, 64);

        Warp.Apply(s, Affine.About(32, 32, 90, 1, 0, 0, 0), 0).ShouldBe(Flips.Turn(s, 1));
        Warp.Apply(s, Affine.About(32, 32, 0, 1, 0, 3, -2), 0).Objects[0].Mask!.At(10, 10).ShouldBe(s.Objects[0].Mask!.At(7, 12));
    }

    [Fact]
    public void A_map_and_its_inverse_cancel()
    {
        Affine map = Affine.About(10, 20, 33, 1.3, 7, 4, -5), back = map.Inverse();

        (double x, double y) = map.Apply(12.5, -3);
        (x, y) = back.Apply(x, y);

        x.ShouldBe(12.5, 1e-9);
        y.ShouldBe(-3, 1e-9);
    }

    [Theory]
    [InlineData(640, 480)]
    [InlineData(97, 61)]
    [InlineData(3000, 20)]
    [InlineData(1, 1)]
    public void The_crop_of_DETR_lies_inside(int width, int height)
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            PixelRect crop = Crops.DetrCrop(width, height, new SampleRandom(seed));

            crop.Intersect(new PixelRect(0, 0, width, height)).ShouldBe(crop);
            crop.IsEmpty.ShouldBeFalse();
        }
    }

    [Fact]
    public void Stretched_masks_keep_their_share_of_the_image()
    {
        Sample s = Samples.Make(9, 200, 160);

        foreach (SampleObject o in s.Objects)
        {
            TargetMask half = MaskWindows.Stretch(o.Mask!, 0.5, 0.5, 100, 80),
            twice = MaskWindows.Stretch(o.Mask!, 2, 2, 400, 320);

            MaskWindows.Area(twice).ShouldBe(4 * MaskWindows.Area(o.Mask!));
            ((double)MaskWindows.Area(half)).ShouldBe(MaskWindows.Area(o.Mask!) / 4.0, MaskWindows.Area(o.Mask!) / 40.0 + 4);
        }
    }

    [Fact]
    public void An_object_smaller_than_a_pixel_keeps_one() =>
        MaskWindows.Area(MaskWindows.Stretch(new TargetMask(100, 50, 1, 1, [1]), 0.01, 0.01, 8, 8)).ShouldBe(1);
}
