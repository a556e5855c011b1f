namespace RfDetr.Tests.Streams;

public class CountingPlaceTests
{
    [Fact]
    public void Lines_and_zones_are_read_from_text()
    {
        CountingLine.Parse("front door = 0, 1.5,2e1,-3").ShouldBe(new CountingLine("front door", 0, 1.5, 20, -3));
        CountingZone zone = CountingZone.Parse("yard=0,0,9,0,9,9");
        (zone.Name, zone.Corners.Count, zone.Corners[2]).ShouldBe(("yard", 3, (9d, 9d)));
    }

    [Theory]
    [InlineData("1,2,3,4")]
    [InlineData("=1,2,3,4")]
    [InlineData("a=1,2,3")]
    [InlineData("a=1,2,3,4,5")]
    [InlineData("a=1,2,x,4")]
    [InlineData("a=1,2,NaN,4")]
    [InlineData("a=1,2,1e9,4")]
    [InlineData("a=1,2,1,2")]
    public void Bad_lines_are_refused(string text) => Should.Throw<FormatException>(() => CountingLine.Parse(text));

    [Theory]
    [InlineData("a=")]
    [InlineData("a=1,2,3,4")]
    [InlineData("a=1,2,3,4,5,6,7")]
    [InlineData("a=1;2;3;4;5;6")]
    public void Bad_zones_are_refused(string text) => Should.Throw<FormatException>(() => CountingZone.Parse(text));

    [Fact]
    public void Places_outside_the_frames_are_refused_and_others_keep_their_options()
    {
        Should.Throw<ArgumentException>(() => new CountingLine("l", 700, 1, 800, 2).ToZone(640, 480)).Message
            .ShouldSatisfyAllConditions(
                m => m.ShouldContain("'l'"), m => m.ShouldContain("x 700 to 800"), m => m.ShouldContain("640×480"));
        new CountingLine("l", -100, 240, 800, 240).ToZone(640, 480).Start.ShouldBe((-100, 240));
        var once = new CountingLine("l", 0, 50, 100, 50)
        {
            Options = new LineZoneOptions { Counting = LineCounting.OncePerObject },
        };
        LineZone zone = once.ToZone(100, 100);
        for (int i = 0; i < 6; i++)
        {
            var box = i % 2 == 0 ? new BoxXyxy(40, 10, 60, 30) : new BoxXyxy(40, 70, 60, 90);
            _ = zone.Update([new TrackedBox(1, 0, box)], TimeSpan.FromSeconds(i), i);
        }

        (zone.In.Total + zone.Out.Total).ShouldBe(1);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused_together()
    {
        var wrong = new TrackOptions
        {
            Tracker = null,
            Lines = [new CountingLine("a", 0, 0, 9, 9)],
            Batch = 0,
            Ahead = 99,
            TrackerThreshold = 2,
            Duration = TimeSpan.Zero,
        };
        Should.Throw<ArgumentException>(wrong.Validate).Message.ShouldSatisfyAllConditions(
            m => m.ShouldContain("no tracker"), m => m.ShouldContain("Batch is 0"), m => m.ShouldContain("Ahead is 99"),
            m => m.ShouldContain("TrackerThreshold is 2"), m => m.ShouldContain("Duration is 00:00:00"));
        foreach (TrackerKind kind in Enum.GetValues<TrackerKind>())
            new TrackOptions { Tracker = kind }.NewTracker()!.GetType().Name.ShouldContain(kind switch
            {
                TrackerKind.ByteTrack => "Byte",
                _ => kind.ToString(),
            }, Case.Insensitive);
    }

    [Fact]
    public void Trackers_see_weak_detections_but_for_Sort_and_follow_the_threshold()
    {
        var options = new TrackOptions { Detect = new DetectOptions { ScoreThreshold = 0.6f } };
        options.LowestScore.ShouldBe(0.1f);
        (options with { TrackerThreshold = 0.3f }).LowestScore.ShouldBe(0.3f);
        (options with { Tracker = TrackerKind.Sort }).LowestScore.ShouldBe(0.6f);
        (options with { Tracker = null }).LowestScore.ShouldBe(0.6f);
        (options with { Detect = new DetectOptions { ScoreThreshold = 0.05f } }).LowestScore.ShouldBe(0.05f);
    }
}
