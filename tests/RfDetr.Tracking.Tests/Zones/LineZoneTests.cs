using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

public class LineZoneTests
{
    // The line goes from left to right at y = 100, x from 100 to 500; "in" is upwards.
    private static LineZone Line(LineZoneOptions? options = null) => new("door", 100, 100, 500, 100, options);

    [Fact]
    public void Crossings_count_by_direction_and_class()
    {
        LineZone line = Line();

        Walk(line, 1, 0, (300, 50), (300, 90), (300, 110), (300, 150)).ShouldBe([(2, CrossingDirection.Out)]);
        Walk(line, 2, 5, (200, 150), (200, 60)).ShouldBe([(1, CrossingDirection.In)]);
        line.Out.Total.ShouldBe(1);
        line.In.Of(5).ShouldBe(1);
        line.In.Of(0).ShouldBe(0);
        line.Out.PerClass.ShouldBe([new(0, 1)]);
    }

    [Fact]
    public void A_fast_object_crosses_between_two_frames() =>
        Walk(Line(), 1, 0, (300, -400), (310, 900)).ShouldBe([(1, CrossingDirection.Out)]);

    [Fact]
    public void Walking_around_an_end_does_not_count()
    {
        Walk(Line(), 1, 0, (300, 50), (700, 50), (700, 150), (300, 150)).ShouldBeEmpty();
        Walk(Line(), 1, 0, (480, 50), (560, 150)).ShouldBeEmpty();
        Walk(Line(), 1, 0, (300, 50), (300, 103), (300, 98), (700, 60), (700, 150)).ShouldBeEmpty();
    }

    [Fact]
    public void A_slow_object_counts_though_it_stays_near_the_line_for_long() =>
        Walk(Line(), 1, 0, [.. Enumerable.Range(0, 41).Select(i => (300.0, 90 + i * 0.5))])
            .ShouldBe([(28, CrossingDirection.Out)]);

    [Fact]
    public void Trembling_counts_once_unless_hysteresis_is_off()
    {
        (double, double)[] way = [(300, 80), (300, 98), (300, 102), (300, 99), (300, 101), (300, 99), (300, 120)];

        Walk(Line(), 1, 0, way).Select(e => e.Direction).ShouldBe([CrossingDirection.Out]);
        Walk(Line(new LineZoneOptions { Hysteresis = 0 }), 1, 0, way).Length.ShouldBe(5);
    }

    [Theory]
    [InlineData(LineCounting.EveryCrossing, 4)]
    [InlineData(LineCounting.OncePerDirection, 2)]
    [InlineData(LineCounting.OncePerObject, 1)]
    public void An_object_is_counted_as_often_as_asked_for(LineCounting counting, int expected)
    {
        LineZone line = Line(new LineZoneOptions { Counting = counting });

        _ = Walk(line, 1, 0, (300, 50), (300, 150), (300, 50), (300, 150), (300, 50));

        (line.In.Total + line.Out.Total).ShouldBe(expected);
    }

    [Fact]
    public void An_object_out_of_sight_for_too_long_begins_again()
    {
        TrackedBox[] above = [Box(1, 0, 300, 50)], below = [Box(1, 0, 300, 150)];
        LineZone line = Line(new LineZoneOptions { LongestGap = TimeSpan.FromSeconds(1) });

        _ = line.Update(above, TimeSpan.Zero, 0);
        line.Update(below, TimeSpan.FromSeconds(1), 1).Count.ShouldBe(1);
        line.Update([], TimeSpan.FromSeconds(3), 2).ShouldBeEmpty();
        line.Remembered.ShouldBe(0);
        line.Update(above, TimeSpan.FromSeconds(3.1), 3).ShouldBeEmpty();
    }

    [Fact]
    public void The_anchor_decides()
    {
        TrackedBox[] first = [Box(1, 0, 300, 40)], second = [Box(1, 0, 300, 80)];
        LineZone center = Line(), bottom = Line(new LineZoneOptions { Anchor = Anchor.BottomCenter });
        foreach (LineZone line in new[] { center, bottom })
            _ = line.Update(first, TimeSpan.Zero, 0);

        center.Update(second, TimeSpan.FromSeconds(0.1), 1).ShouldBeEmpty();
        bottom.Update(second, TimeSpan.FromSeconds(0.1), 1).Count.ShouldBe(1);
    }

    [Fact]
    public void Events_carry_time_and_track_and_go_through_json()
    {
        LineZone line = Line();
        TrackedBox[] above = [Box(7, 2, 300, 50)], below = [Box(7, 2, 300, 150)];
        _ = line.Update(above, TimeSpan.FromSeconds(1), 30);

        ZoneEvent crossed = line.Update(below, TimeSpan.FromSeconds(1.5), 45).Single();

        string json = ZoneEventJson.Write(crossed);
        json.ShouldStartWith("""{"event":"crossed",""");
        json.ShouldContain("\"direction\":\"out\"");
        json.ShouldContain("""zone":"door","time":"00:00:01.5000000","frame":45,"track_id":7,"class_id":2}""");
        ZoneEventJson.Read(json).ShouldBe(crossed);
    }

    [Fact]
    public void Tracks_that_end_are_forgotten()
    {
        LineZone line = Line(new LineZoneOptions { Counting = LineCounting.OncePerObject, LongestGap = TimeSpan.FromSeconds(1) });
        var tracker = new DefaultTracker(new DefaultTrackerOptions { LostTime = TimeSpan.FromSeconds(0.5) });
        for (int f = 0; f < 10; f++)
            _ = line.Update(tracker.Update([AllTrackers.At(300, 60 + 8 * f)], TimeSpan.FromSeconds(f / 30.0)));
        line.Out.Total.ShouldBe(1);
        line.Remembered.ShouldBe(1);

        _ = line.Update(tracker.Update([], TimeSpan.FromSeconds(5)));

        line.Remembered.ShouldBe(0);
    }

    [Fact]
    public void Wrong_lines_and_options_are_refused()
    {
        Should.Throw<ArgumentException>(() => new LineZone("x", 1, 2, 1, 2)).Message.ShouldContain("two different points");
        Should.Throw<ArgumentException>(() => new LineZone("x", 1, double.NaN, 1, 2)).Message.ShouldContain("finite");
        Should.Throw<ArgumentException>(() => Line(new LineZoneOptions { Hysteresis = -1, LongestGap = default })).Message
            .ShouldSatisfyAllConditions(m => m.ShouldContain("Hysteresis is -1"), m => m.ShouldContain("LongestGap"));
    }

    [Fact]
    public void Reset_begins_again()
    {
        LineZone line = Line();
        _ = Walk(line, 1, 0, (300, 50), (300, 150));
        line.Reset();

        line.Out.Total.ShouldBe(0);
        line.Remembered.ShouldBe(0);
    }

    private static (int Step, CrossingDirection Direction)[] Walk(
        LineZone line, int id, int classId, params (double X, double Y)[] way) =>
    [
        .. way.SelectMany((p, i) =>
        {
            TrackedBox[] seen = [Box(id, classId, p.X, p.Y)];
            return line.Update(seen, TimeSpan.FromSeconds(i / 30.0), i).Select(e => (i, e.Direction));
        }),
    ];

    private static TrackedBox Box(int id, int classId, double x, double y) =>
        new(id, classId, new BoxXyxy((float)x - 10, (float)y - 25, (float)x + 10, (float)y + 25));
}
