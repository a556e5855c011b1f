using RfDetr.Data;
using RfDetr.Training;

namespace RfDetr.Tests.Augmentation;

/// <summary>Random images with random masks, whose boxes are the masks' bounds.</summary>
internal static class Samples
{
    public static Sample Make(ulong seed, int width = 90, int height = 61, bool masks = true)
    {
        var random = new SampleRandom(seed);
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.Length; i++)
            rgb[i] = (byte)random.Below(256);
        SampleObject[] objects =
        [
            .. Enumerable.Range(0, 4).Select(i =>
            {
                RleMask mask = RleMask.FromPolygons(
                    height, width, [[.. Enumerable.Range(0, 10).Select(k => random.Range(0, k % 2 == 0 ? width : height))]]);
                TargetMask window =
                    MaskWindows.Of(mask.Area > 0 ? mask : RleMask.FromBox(height, width, new BoxXyxy(1, 1, 5, 5)))!;
                return new SampleObject(i, MaskWindows.Box(window), masks ? window : null);
            }),
        ];
        return new Sample(rgb, width, height, objects);
    }

    public static void ShouldBe(this Sample actual, Sample expected)
    {
        (actual.Width, actual.Height).ShouldBe((expected.Width, expected.Height));
        actual.Rgb.AsSpan().SequenceEqual(expected.Rgb).ShouldBeTrue();
        actual.Objects.Length.ShouldBe(expected.Objects.Length);
        foreach ((SampleObject a, SampleObject b) in actual.Objects.Zip(expected.Objects))
        {
            (a.Label, a.Box).ShouldBe((b.Label, b.Box));
            (a.Mask is null).ShouldBe(b.Mask is null);
            if (a.Mask is { } mask && b.Mask is { } other)
            {
                (mask.X, mask.Y, mask.Width, mask.Height).ShouldBe((other.X, other.Y, other.Width, other.Height));
                mask.Pixels.ShouldBe(other.Pixels);
            }
        }
    }

    /// <summary>Every box is its mask's bounds (but for the slack, pixels), every mask is tight and inside the image.</summary>
    public static void ShouldBeSound(this Sample s, double slack = 0)
    {
        s.Rgb.Length.ShouldBe(3 * s.Width * s.Height);
        foreach (SampleObject o in s.Objects)
        {
            o.Box.HasArea.ShouldBeTrue();
            (
                o.Box.X >= 0 && o.Box.Y >= 0 && o.Box.X + o.Box.Width <= s.Width && o.Box.Y + o.Box.Height <= s.Height)
                .ShouldBeTrue($"{o.Box} in {s.Width}×{s.Height}");
            if (o.Mask is not { } mask)
                continue;
            BoxXywh bounds = MaskWindows.Box(mask);
            double[] off =
            [
                o.Box.X - bounds.X, o.Box.Y - bounds.Y, o.Box.X + o.Box.Width - bounds.X - bounds.Width,
                o.Box.Y + o.Box.Height - bounds.Y - bounds.Height
            ];
            off.Max(Math.Abs).ShouldBeLessThanOrEqualTo(slack, $"{o.Box} against {bounds}");
            mask.Pixels.Length.ShouldBe(mask.Width * mask.Height);
            TargetMask tight = MaskWindows.Tight(mask)!;
            (tight.X, tight.Y, tight.Width, tight.Height).ShouldBe((mask.X, mask.Y, mask.Width, mask.Height));
        }
    }
}
