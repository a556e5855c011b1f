using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

public class DefaultTrackerTests
{
    private static readonly string[] s_sequences =
    [
        "camera", "classes", "crossing", "crowd", "duplicates", "empty", "enterleave", "fast", "jitter", "lowscore", "occlusion",
        "street30", "street5",
    ];

    [Fact]
    public void It_is_better_than_every_reference_on_average()
    {
        double ours = MeanHota(s => AllTrackers.Ids(new DefaultTracker(), s));

        foreach (string setup in new[] { "sort", "sort-age30", "bytetrack", "supervision", "ocsort", "ocsort-byte", "botsort",
            "trackers-sort", "trackers-bytetrack" })
            MeanHota(s => s.Setups.First(e => e.Name == setup).Ids).ShouldBeLessThan(ours, setup);
    }

    [Theory]
    [InlineData("crossing", 6)]
    [InlineData("empty", 3)]
    [InlineData("fast", 5)]
    [InlineData("occlusion", 5)]
    [InlineData("street30", 10)]
    [InlineData("street5", 10)]
    [InlineData("camera", 7)]
    public void Ids_have_no_gaps_and_are_as_many_as_objects(string name, int objects)
    {
        TrackingGolden sequence = AllTrackers.Sequence(name);

        int[][] ids = AllTrackers.Ids(new DefaultTracker(), sequence);

        ids.SelectMany(i => i).Where(i => i >= 0).Distinct().Order().ShouldBe(Enumerable.Range(1, objects));
        sequence.Summary(ids).Switches.ShouldBe(0);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(30)]
    [InlineData(120)]
    public void An_object_out_of_sight_keeps_its_id_for_a_time_not_for_a_number_of_frames(double rate)
    {
        IdAfterGap(rate, 1.8).ShouldBe(1);
        IdAfterGap(rate, 2.6).ShouldBe(2);
    }

    [Fact]
    public void Frames_may_come_irregularly()
    {
        var random = new Random(4);
        var tracker = new DefaultTracker();
        double time = 0;
        for (int f = 0; f < 200; f++)
        {
            time += 0.01 + 0.15 * random.NextDouble();
            TrackedFrame frame = tracker.Update(
                [AllTrackers.At(100 + 120 * time, 200), AllTrackers.At(3000 - 100 * time, 260)], TimeSpan.FromSeconds(time));
            frame.Detections.Select(d => d.TrackId).ShouldBe([1, 2]);
        }
    }

    [Fact]
    public void A_single_sighting_waits_for_the_second_one()
    {
        int? Second(double confirm, double wait)
        {
            var tracker = new DefaultTracker(new DefaultTrackerOptions { ConfirmTime = TimeSpan.FromSeconds(confirm) });
            _ = tracker.Update([], TimeSpan.Zero);
            tracker.Update([AllTrackers.At(100, 100, 0.5f)], TimeSpan.FromSeconds(1)).Detections[0].TrackId.ShouldBeNull();
            _ = tracker.Update([], TimeSpan.FromSeconds(1 + wait / 2));
            return tracker.Update([AllTrackers.At(100, 100, 0.5f)], TimeSpan.FromSeconds(1 + wait)).Detections[0].TrackId;
        }

        Second(0.2, 0.1).ShouldBe(1);
        Second(0.2, 0.6).ShouldBeNull();
        Second(1, 0.6).ShouldBe(1);
    }

    [Theory]
    [InlineData(ClassRule.Ignore, new[] { 1, 1, 1 }, new[] { 0, 0, 7 })]
    [InlineData(ClassRule.Separate, new[] { 1, 1, 2 }, new[] { 0, 0, 7 })]
    [InlineData(ClassRule.Vote, new[] { 1, 1, 1 }, new[] { 0, 0, 0 })]
    public void The_class_rule_decides_what_a_change_of_class_means(ClassRule rule, int[] ids, int[] classes)
    {
        var tracker = new DefaultTracker(new DefaultTrackerOptions { ClassRule = rule });
        int[] given = [0, 0, 7];

        TrackedDetection[] found =
        [
            .. given.Select((c, f) =>
                tracker.Update([AllTrackers.At(100 + f, 100, classId: c)], TimeSpan.FromSeconds(f / 30.0)).Detections[0]),
        ];

        found.Select(d => d.TrackId).ShouldBe(ids.Select(i => (int?)i));
        found.Select(d => d.ClassId).ShouldBe(classes);
    }

    [Fact]
    public void A_second_box_of_an_object_gets_no_id()
    {
        var tracker = new DefaultTracker();
        _ = tracker.Update([AllTrackers.At(100, 100)], TimeSpan.Zero);

        for (int f = 1; f < 30; f++)
        {
            TrackedFrame frame =
                tracker.Update([AllTrackers.At(102, 101, 0.85f), AllTrackers.At(100, 100)], TimeSpan.FromSeconds(f / 30.0));
            frame.Detections.Count(d => d.TrackId == 1).ShouldBe(1);
            frame.Detections.Count(d => d.TrackId is null).ShouldBe(1);
        }
    }

    [Fact]
    public void Memory_does_not_grow()
    {
        var random = new Random(3);
        var tracker = new DefaultTracker();
        for (int f = 0; f < 5000; f++)
        {
            TrackDetection[] noise =
            [
                .. Enumerable.Range(0, 10)
                    .Select(_ => AllTrackers.At(4000 * random.NextDouble(), 4000 * random.NextDouble(), 0.95f, random.Next(5))),
            ];
            _ = tracker.Update(noise, TimeSpan.FromSeconds(f / 10.0));
            tracker.Remembered.ShouldBeLessThan(300);
        }
    }

    private static int? IdAfterGap(double rate, double gap)
    {
        var tracker = new DefaultTracker();
        double time = 0;
        for (; time < 1; time += 1 / rate)
            _ = tracker.Update([AllTrackers.At(300, 300)], TimeSpan.FromSeconds(time));
        for (double end = time - 1 / rate + gap; time < end; time += 1 / rate)
            _ = tracker.Update([], TimeSpan.FromSeconds(time));
        return tracker.Update([AllTrackers.At(300, 300)], TimeSpan.FromSeconds(time)).Detections[0].TrackId;
    }

    private static double MeanHota(Func<TrackingGolden, int[][]> ids) => s_sequences.Select(AllTrackers.Sequence).Average(
        s => TrackingMetrics.Of(MetricsGolden.TrueEntries(s), MetricsGolden.ResultEntries(s, ids(s))).Hota.Hota);
}
