using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

public class CameraMotionEstimatorTests
{
    private const int Width = 640, Height = 360;

    public static TheoryData<double, double, double, double> Motions => new()
    {
        { 0, 1, 0, 0 },
        { 0, 1, 3.3, -1.7 },
        { 0, 1, -70, 40 },
        { 1.5, 1, 5, 5 },
        { -3, 1, 0, 0 },
        { 0, 1.04, -12, -7 },
        { 0, 0.97, 9, 5 },
        { 2, 1.02, 20, -30 },
    };

    [Theory]
    [MemberData(nameof(Motions))]
    public void Turns_zooms_and_shifts_are_found(double degrees, double zoom, double x, double y)
    {
        CameraMotion motion = Motion(degrees, zoom, x, y);
        var estimator = new CameraMotionEstimator();
        estimator.Estimate(Textures.Frame(Width, Height, CameraMotion.None, 1), Width, Height, []).ShouldBe(CameraMotion.None);

        CameraMotion found = estimator.Estimate(Textures.Frame(Width, Height, motion, 2), Width, Height, []);

        CornerError(found, motion).ShouldBeLessThan(0.5);
        estimator.Agreement.ShouldBeGreaterThan(0.7);
    }

    [Fact]
    public void Objects_that_move_by_themselves_do_not_disturb()
    {
        CameraMotion motion = Motion(0, 1, 6, 2);
        var estimator = new CameraMotionEstimator();
        BoxXyxy first = new(60, 60, 360, 320), second = first.Offset(-9, 4);
        _ = estimator.Estimate(WithObject(Textures.Frame(Width, Height, CameraMotion.None), first), Width, Height, [first]);

        CameraMotion found =
            estimator.Estimate(WithObject(Textures.Frame(Width, Height, motion), second), Width, Height, [second]);

        CornerError(found, motion).ShouldBeLessThan(0.5);
    }

    [Fact]
    public void Color_gives_the_same_motion_as_gray()
    {
        byte[] a = Textures.Frame(Width, Height, CameraMotion.None), b = Textures.Frame(Width, Height, Motion(0, 1, 4, 4));
        CameraMotionEstimator gray = new(), color = new();
        _ = gray.Estimate(a, Width, Height, []);
        _ = color.Estimate(Rgb(a), Width, Height, []);

        CornerError(color.Estimate(Rgb(b), Width, Height, []), gray.Estimate(b, Width, Height, [])).ShouldBeLessThan(0.01);
    }

    [Fact]
    public void Without_texture_after_a_cut_and_after_a_reset_no_motion_is_reported()
    {
        var estimator = new CameraMotionEstimator();
        byte[] plain = new byte[Width * Height], textured = Textures.Frame(Width, Height, CameraMotion.None);
        foreach (byte[] frame in new[] { plain, plain, textured, Textures.Frame(Width, Height, Motion(0, 1, 90_000, 5_000)) })
            estimator.Estimate(frame, Width, Height, []).ShouldBe(CameraMotion.None);
        estimator.Agreement.ShouldBe(0);
        estimator.Reset();
        estimator.Estimate(textured, Width, Height, []).ShouldBe(CameraMotion.None);
        estimator.Estimate(textured.AsSpan(0, Width * 180), Width, 180, []).ShouldBe(CameraMotion.None);
        estimator.Estimate(new byte[20 * 3000], 3000, 20, []).ShouldBe(CameraMotion.None);
        Should.Throw<ArgumentException>(() => estimator.Estimate(new byte[7], 5, 5, [])).Message.ShouldContain("5×5");
    }

    [Fact]
    public void With_the_estimated_motion_no_id_is_lost_though_the_camera_jerks()
    {
        // Half the size of the golden sequence, and the frames in which its camera moves most.
        TrackingGolden sequence = AllTrackers.Sequence("camera");
        const int First = 36, Count = 16;
        (var estimator, var botSort, var ours) = (new CameraMotionEstimator(), new BotSortTracker(), new DefaultTracker());
        CameraMotion sum = CameraMotion.None;
        var ids = new List<(int? Bot, int? Ours, int Truth)>();
        for (int f = First; f < First + Count; f++)
        {
            CameraMotion m = sequence.Motions[f];
            sum = f == First ? CameraMotion.None : sum.Then(m with { Tx = m.Tx / 2, Ty = m.Ty / 2 });
            TrackDetection[] found = [.. sequence.Frame(f).Select(d => d with { Box = d.Box.Scale(0.5f, 0.5f) })];
            CameraMotion estimated =
                estimator.Estimate(Textures.Frame(Width, Height, sum), Width, Height, [.. found.Select(d => d.Box)]);
            var time = TimeSpan.FromSeconds(f / 30.0);
            TrackedFrame a = botSort.Update(found, time, estimated), b = ours.Update(found, time, estimated);
            for (int i = 0; i < found.Length; i++)
                ids.Add((a.Detections[i].TrackId, b.Detections[i].TrackId, (int)sequence.Detections[f][i][6]));
        }

        foreach (var ofOne in ids.Where(i => i.Truth >= 0).GroupBy(i => i.Truth))
        {
            ofOne.Select(i => i.Bot).Where(i => i is not null).Distinct().Count().ShouldBe(1);
            ofOne.Select(i => i.Ours).Where(i => i is not null).Distinct().Count().ShouldBe(1);
        }
    }

    [Fact]
    public void Motions_are_put_together_in_order()
    {
        CameraMotion a = Motion(10, 1.2, 3, 4), b = Motion(-20, 0.7, -8, 1);
        (double x, double y) = a.Apply(13, 17);

        (double X, double Y) both = a.Then(b).Apply(13, 17), one = b.Apply(x, y);

        both.X.ShouldBe(one.X, 1e-9);
        both.Y.ShouldBe(one.Y, 1e-9);
    }

    private static CameraMotion Motion(double degrees, double zoom, double x, double y)
    {
        (double sin, double cos) = Math.SinCos(degrees * Math.PI / 180);
        return new CameraMotion(zoom * cos, -zoom * sin, x, zoom * sin, zoom * cos, y);
    }

    private static double CornerError(CameraMotion a, CameraMotion b) =>
        new[] { (0, 0), (Width, 0), (0, Height), (Width, Height) }.Max(c =>
    {
        ((double ax, double ay), (double bx, double by)) = (a.Apply(c.Item1, c.Item2), b.Apply(c.Item1, c.Item2));
        return Math.Sqrt((ax - bx) * (ax - bx) + (ay - by) * (ay - by));
    });

    private static byte[] WithObject(byte[] frame, BoxXyxy box)
    {
        for (int y = (int)box.Y1; y < box.Y2; y++)
        {
            for (int x = (int)box.X1; x < box.X2; x++)
                frame[y * Width + x] = (byte)((((int)(x - box.X1) / 7) + ((int)(y - box.Y1) / 7)) % 2 == 0 ? 40 : 220);
        }

        return frame;
    }

    private static byte[] Rgb(byte[] gray) => [.. gray.SelectMany(g => new[] { g, g, g })];
}
