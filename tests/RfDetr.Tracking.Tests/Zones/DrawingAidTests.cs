using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

public class DrawingAidTests
{
    private static readonly TrackedBox s_first =
        new(1, 0, new BoxXyxy(0, 0, 10, 10), 0.4f), s_second = new(1, 5, new BoxXyxy(4, 2, 14, 12), 0.8f);

    [Fact]
    public void Smoothing_averages_what_is_in_sight()
    {
        var smoother = new Smoother(new SmootherOptions { Frames = 2 });
        _ = smoother.Update([s_first]);

        smoother.Update([s_second]).ShouldBe([new TrackedBox(1, 5, new BoxXyxy(2, 1, 12, 11), 0.6f)]);
        smoother.Update([]).ShouldBeEmpty();
        smoother.Update([s_first]).ShouldBe([s_first]);
    }

    [Fact]
    public void Smoothing_as_supervision_shows_the_unseen_and_the_oldest_class()
    {
        var smoother = new Smoother(SmootherOptions.Supervision with { Frames = 2 });
        _ = smoother.Update([s_first]);

        smoother.Update([s_second]).Single().ClassId.ShouldBe(0);
        smoother.Update([]).ShouldBe([s_second]);
        smoother.Update([]).ShouldBeEmpty();
        smoother.Reset();
        Should.Throw<ArgumentException>(
            () => new Smoother(new SmootherOptions { Frames = 0 })).Message.ShouldContain("Frames is 0");
    }

    [Fact]
    public void Trails_have_a_length_and_an_anchor()
    {
        var trails = new Trails(2, Anchor.BottomRight);
        for (int i = 0; i < 5; i++)
            trails.Update([s_first with { Box = s_first.Box.Offset(i, 0) }]);

        trails.Of(1).ShouldBe([new TrailPoint(13, 10), new TrailPoint(14, 10)]);
        trails.All().Keys.ShouldBe([1]);
        trails.Of(2).ShouldBeEmpty();
        trails.Reset();
        trails.All().ShouldBeEmpty();
        Should.Throw<ArgumentException>(() => new Trails(0)).Message.ShouldContain("frames is 0");
    }

    [Fact]
    public void A_heat_map_adds_up_discs_and_is_painted_from_blue_to_red()
    {
        var map = new HeatMap(40, 20, new HeatMapOptions { Radius = 3, Anchor = Anchor.Center, Blur = 1, Opacity = 1 });
        map.Update([s_first, new TrackedBox(2, 0, new BoxXyxy(30, 5, 30, 5))]);
        map.Update([s_first]);

        map.Max.ShouldBe(2u);
        map.Counts[5 * 40 + 5].ShouldBe(2u);
        map.Counts[5 * 40 + 8].ShouldBe(2u);
        map.Counts[5 * 40 + 9].ShouldBe(0u);
        map.Counts[8 * 40 + 8].ShouldBe(0u);
        byte[] rgb = [.. Enumerable.Repeat((byte)10, 40 * 20 * 3)];
        map.Overlay(rgb);
        rgb[((5 * 40 + 5) * 3)..][..3].ShouldBe([255, 0, 0]);
        rgb[((5 * 40 + 30) * 3)..][..3].ShouldBe([0, 255, 21]);
        rgb[..3].ShouldBe([10, 10, 10]);
        Should.Throw<ArgumentException>(() => map.Overlay(new byte[5])).Message.ShouldContain("5 bytes");
    }

    [Fact]
    public void Blurring_is_the_mean_over_a_square()
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 7 * 9).Select(_ => random.NextSingle())];

        float[] blurred = BoxBlur.Apply(values, 7, 9, 5);

        for (int y = 0; y < 9; y++)
        {
            for (int x = 0; x < 7; x++)
            {
                double expected = Enumerable.Range(Math.Max(0, y - 2), Math.Min(8, y + 2) - Math.Max(0, y - 2) + 1)
                    .Average(v => Enumerable.Range(Math.Max(0, x - 2), Math.Min(6, x + 2) - Math.Max(0, x - 2) + 1)
                        .Average(u => values[v * 7 + u]));
                blurred[y * 7 + x].ShouldBe((float)expected, 1e-5f);
            }
        }
    }
}
