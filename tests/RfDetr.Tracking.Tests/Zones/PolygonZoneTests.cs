using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

public class PolygonZoneTests
{
    private static readonly (double, double)[] s_square = [(100, 100), (200, 100), (200, 200), (100, 200)];

    [Fact]
    public void Entering_and_leaving_are_noticed_with_the_time_inside()
    {
        var zone = new PolygonZone("desk", s_square);

        ZoneEvent[] events = Visit(zone, 1, 3, (0.0, 50, 150), (0.1, 150, 150), (0.2, 160, 150), (0.3, 250, 150));

        events.ShouldBe(
        [
            new ZoneEnteredEvent("desk", TimeSpan.FromSeconds(0.1), 1, 1, 3),
            new ZoneLeftEvent("desk", TimeSpan.FromSeconds(0.3), 3, 1, 3, TimeSpan.FromSeconds(0.2), false),
        ]);
        zone.Entered.Of(3).ShouldBe(1);
        zone.Left.Total.ShouldBe(1);
        zone.TotalDwell.ShouldBe(TimeSpan.FromSeconds(0.2));
        zone.Count.ShouldBe(0);
        zone.Remembered.ShouldBe(0);
    }

    [Fact]
    public void An_object_that_disappears_inside_has_left_when_it_was_last_seen()
    {
        var zone = new PolygonZone("desk", s_square, new PolygonZoneOptions { LongestGap = TimeSpan.FromSeconds(1) });
        _ = Visit(zone, 1, 0, (0.0, 150, 150), (0.5, 150, 150));
        zone.Occupants.ShouldBe([new ZoneOccupant(1, 0, TimeSpan.Zero, TimeSpan.FromSeconds(0.5))]);
        zone.Update([], TimeSpan.FromSeconds(1.5), 9).ShouldBeEmpty();
        zone.Count.ShouldBe(1);

        zone.Update([], TimeSpan.FromSeconds(1.6), 10)
            .ShouldBe([new ZoneLeftEvent("desk", TimeSpan.FromSeconds(0.5), 10, 1, 0, TimeSpan.FromSeconds(0.5), true)]);
        zone.Count.ShouldBe(0);
    }

    [Fact]
    public void A_track_that_ends_inside_leaves_at_once()
    {
        var zone = new PolygonZone("desk", s_square, new PolygonZoneOptions { LongestGap = TimeSpan.FromHours(1) });
        var tracker = new DefaultTracker(new DefaultTrackerOptions { LostTime = TimeSpan.FromSeconds(1) });
        _ = zone.Update(tracker.Update([AllTrackers.At(150, 130)], TimeSpan.Zero));
        zone.Count.ShouldBe(1);

        zone.Update(tracker.Update([], TimeSpan.FromSeconds(1.1)))
            .Single().ShouldBeOfType<ZoneLeftEvent>().Disappeared.ShouldBeTrue();
    }

    [Fact]
    public void Settling_ignores_short_visits_and_keeps_true_times()
    {
        var zone = new PolygonZone("desk", s_square, new PolygonZoneOptions { Settle = TimeSpan.FromSeconds(0.25) });

        Visit(zone, 1, 0, (0.0, 50, 150), (0.1, 150, 150), (0.2, 50, 150), (0.3, 150, 150), (0.4, 150, 150), (0.6, 150, 150))
            .ShouldBe([new ZoneEnteredEvent("desk", TimeSpan.FromSeconds(0.3), 5, 1, 0)]);
        Visit(zone, 1, 0, (0.7, 50, 150), (0.8, 150, 150)).ShouldBeEmpty();
    }

    [Fact]
    public void The_even_odd_rule_holds_and_the_border_is_inside()
    {
        // A pentagram: its middle is surrounded twice and so outside.
        (double, double)[] star =
            [.. Enumerable.Range(0, 5).Select(i => (Math.Sin(i * 4 * Math.PI / 5) * 100, -Math.Cos(i * 4 * Math.PI / 5) * 100))];
        var polygon = new PolygonZone("star", star, new PolygonZoneOptions { Anchors = [Anchor.Center] });
        var square = new PolygonZone("square", s_square, new PolygonZoneOptions { Anchors = [Anchor.Center] });

        polygon.Contains(Point(0, 0)).ShouldBeFalse();
        polygon.Contains(Point(0, -80)).ShouldBeTrue();
        foreach ((float x, float y) in new[] { (100f, 150f), (200f, 150f), (150f, 100f), (150f, 200f), (100f, 100f),
            (200f, 200f) })
            square.Contains(Point(x, y)).ShouldBeTrue();
        square.Contains(Point(100, 200.001f)).ShouldBeFalse();
        square.Contains(Point(50, 100)).ShouldBeFalse();
    }

    [Fact]
    public void All_anchors_must_be_inside()
    {
        var corners = new PolygonZone("z", s_square, new PolygonZoneOptions { Anchors = [Anchor.TopLeft, Anchor.BottomRight] });

        corners.Contains(new BoxXyxy(110, 110, 190, 190)).ShouldBeTrue();
        corners.Contains(new BoxXyxy(90, 110, 190, 190)).ShouldBeFalse();
    }

    [Fact]
    public void Counts_over_time_are_kept_per_interval()
    {
        var options = new PolygonZoneOptions
        {
            HistoryInterval =
            TimeSpan.FromSeconds(10),
            HistoryLength = 3,
            LongestGap = TimeSpan.FromSeconds(60)
        };
        var zone = new PolygonZone("desk", s_square, options);
        TrackedBox[] inside =
            [Box(1, 150, 150)], two = [Box(1, 150, 150), Box(2, 120, 150)], outside = [Box(1, 0, 0), Box(2, 0, 0)];

        _ = zone.Update(inside, TimeSpan.FromSeconds(2), 0);
        _ = zone.Update(two, TimeSpan.FromSeconds(6), 1);
        _ = zone.Update(two, TimeSpan.FromSeconds(15), 2);
        _ = zone.Update(outside, TimeSpan.FromSeconds(18), 3);

        zone.History.Count.ShouldBe(2);
        zone.History[0].ShouldBe(new ZoneInterval(TimeSpan.Zero, 2, 0, 2, 1.5));
        zone.History[1].ShouldBe(new ZoneInterval(TimeSpan.FromSeconds(10), 0, 2, 2, 2));
        _ = zone.Update([], TimeSpan.FromSeconds(45), 4);
        zone.History.Select(h => h.Start.TotalSeconds).ShouldBe([20, 30, 40]);
        _ = zone.Update([], TimeSpan.FromDays(300), 5);
        zone.History.Count.ShouldBe(3);
        zone.History[^1].Start.ShouldBe(TimeSpan.FromDays(300));
    }

    [Fact]
    public void Events_go_through_json()
    {
        ZoneEvent[] events =
        [
            new ZoneEnteredEvent("a", TimeSpan.FromSeconds(1), 2, 3, 4),
            new ZoneLeftEvent("a", TimeSpan.FromSeconds(9), 20, 3, 4, TimeSpan.FromSeconds(8), true),
        ];

        events.Select(e => ZoneEventJson.Read(ZoneEventJson.Write(e))).ShouldBe(events);
        ZoneEventJson.Write(events[1]).ShouldContain("\"event\":\"left\"");
    }

    [Fact]
    public void Wrong_polygons_and_options_are_refused()
    {
        Should.Throw<ArgumentException>(() => new PolygonZone("z", [(0, 0), (1, 1)])).Message.ShouldContain("at least 3");
        Should.Throw<ArgumentException>(() => new PolygonZone("z", [(0, 0), (1, 1), (2, 2)])).Message.ShouldContain("no area");
        Should.Throw<ArgumentException>(
            () => new PolygonZone("z", [(0, 0), (1, double.PositiveInfinity), (2, 2)])).Message.ShouldContain("Corner 1");
        Should.Throw<ArgumentException>(
            () => new PolygonZone("z", s_square, new PolygonZoneOptions { Anchors = [], HistoryLength = 0 })).Message
            .ShouldSatisfyAllConditions(m => m.ShouldContain("at least one anchor"), m => m.ShouldContain("HistoryLength is 0"));
    }

    private static ZoneEvent[] Visit(PolygonZone zone, int id, int classId, params (double Time, double X, double Y)[] way) =>
    [
        .. way.SelectMany((p, i) =>
        {
            TrackedBox[] seen = [Box(id, p.X, p.Y) with { ClassId = classId }];
            return zone.Update(seen, TimeSpan.FromSeconds(p.Time), i);
        }),
    ];

    // The given point is the middle of the lower edge.
    private static TrackedBox Box(int id, double x, double y) =>
        new(id, 0, new BoxXyxy((float)x - 10, (float)y - 50, (float)x + 10, (float)y));

    private static BoxXyxy Point(float x, float y) => new(x, y, x, y);
}
