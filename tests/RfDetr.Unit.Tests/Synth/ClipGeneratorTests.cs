using System.Security.Cryptography;

namespace RfDetr.Tests.Synth;

public class ClipGeneratorTests
{
    private const ulong Seed = 5;

    private static readonly ClipOptions Options = new() { Frames = 60, FramesPerSecond = 12, Arrivals = 2, Speed = 0.3 };

    private static readonly ClipFrame[] Clip = [.. new ClipGenerator(Options).Draw(Seed, 3, 96, 72)];

    [Fact]
    public void The_same_clip_comes_again_for_any_number_of_threads()
    {
        ClipOptions alone = Options with { Frames = 10, Scene = new SceneOptions { Threads = 1 } };

        new ClipGenerator(alone).Draw(Seed, 3, 96, 72).Select(Digest).ShouldBe(Clip.Take(10).Select(Digest));
        Clip.Select(Digest).Distinct().Count().ShouldBe(Clip.Length);
        Digest(new ClipGenerator(alone).Draw(Seed, 4, 96, 72).First()).ShouldNotBe(Digest(Clip[0]));
        Digest(new ClipGenerator(alone).Draw(Seed + 1, 3, 96, 72).First()).ShouldNotBe(Digest(Clip[0]));
    }

    [Fact]
    public void Objects_keep_id_and_class_and_move_little_between_frames()
    {
        foreach ((ClipFrame a, ClipFrame b) in Clip.Zip(Clip.Skip(1)))
        {
            b.Objects.Select(o => o.Id).ShouldBeInOrder();
            foreach ((ClipObject from, ClipObject to) in a.Objects.Join(b.Objects, o => o.Id, o => o.Id, (x, y) => (x, y)))
            {
                to.Seen.ClassId.ShouldBe(from.Seen.ClassId);
                if (!from.Counted || !to.Counted)
                    continue;

                // At 0.3 of the width per second a box moves by a few pixels in a twelfth of a second.
                Math.Abs(to.Seen.Box.X1 + to.Seen.Box.X2 - from.Seen.Box.X1 - from.Seen.Box.X2).ShouldBeLessThan(40);
            }
        }
    }

    [Fact]
    public void Objects_come_and_go_and_hide_each_other()
    {
        int[] first = [.. Clip[0].Objects.Select(o => o.Id)], last = [.. Clip[^1].Objects.Select(o => o.Id)];

        last.Except(first).ShouldNotBeEmpty("somebody came");
        Clip.SelectMany(f => f.Objects).Select(o => o.Id).Distinct().Count().ShouldBeGreaterThan(last.Length, "somebody left");
        Clip.SelectMany(f => f.Objects).ShouldContain(o => o.Seen.Area < o.Seen.AmodalArea, "somebody was hidden");
        Clip.Select((f, i) => (f.Index, f.Time)).ShouldBe(Clip.Select((_, i) => (i, TimeSpan.FromSeconds(i / 12.0))));
    }

    [Fact]
    public void Without_speed_and_camera_only_the_grain_moves()
    {
        ClipOptions still = Options with { Frames = 3, Speed = 0, Arrivals = 0 };
        ClipFrame[] frames = [.. new ClipGenerator(still).Draw(Seed, 3, 96, 72)];

        // Objects still turn, but where nothing stands the picture differs by noise alone.
        (int x, int y) = (95, 0);
        frames[0].Objects.ShouldAllBe(o => o.Seen.Box.X2 < 90 || o.Seen.Box.Y1 > 5);
        Math.Abs(frames[0].Rgb[(y * 96 + x) * 3] - frames[2].Rgb[(y * 96 + x) * 3]).ShouldBeLessThan(25);
    }

    [Theory]
    [InlineData(ClipCamera.Pan)]
    [InlineData(ClipCamera.Shake)]
    public void A_moving_camera_moves_everything(ClipCamera camera)
    {
        ClipOptions still = Options with { Speed = 0, Arrivals = 0, Camera = camera };
        ClipFrame[] frames = [.. new ClipGenerator(still).Draw(Seed, 3, 96, 72)];

        int Moved(int id)
        {
            int[] x = [.. frames.SelectMany(f => f.Objects)
                .Where(o => o.Id == id && o.Counted).Select(o => o.Seen.Box.X1 + o.Seen.Box.X2)];
            return x.Length == 0 ? 99 : x.Max() - x.Min();
        }

        frames[0].Objects.Where(o => o.Counted).Select(o => Moved(o.Id)).ShouldAllBe(moved => moved > 2);
    }

    [Fact]
    public void Wrong_options_are_listed() => Should.Throw<ArgumentException>(() => new ClipGenerator(new ClipOptions
    {
        Frames = 0,
        FramesPerSecond = 0,
        Speed = -1,
        Arrivals = 99,
        Camera = (ClipCamera)7,
    })).Message.ShouldSatisfyAllConditions(
        m => m.ShouldContain("Frames must"),
        m => m.ShouldContain("FramesPerSecond"),
        m => m.ShouldContain("Speed"),
        m => m.ShouldContain("Arrivals"),
        m => m.ShouldContain("Camera"));

    private static string Digest(ClipFrame frame) => Convert.ToHexStringLower(SHA256.HashData(frame.Rgb))[..16];
}
