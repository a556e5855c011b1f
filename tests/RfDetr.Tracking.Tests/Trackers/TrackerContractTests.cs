using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

public class TrackerContractTests
{
    public static TheoryData<string> Names => AllTrackers.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_detection_comes_back_in_order(string name)
    {
        TrackingGolden crowd = AllTrackers.Sequence("crowd");
        Tracker tracker = AllTrackers.ByName[name]();

        int f = 0;
        foreach ((TrackedFrame frame, _) in crowd.Run(tracker))
        {
            TrackDetection[] given = crowd.Frame(f);
            frame.Index.ShouldBe(f++);
            frame.Detections.Select(d => (d.Box, d.Score)).ShouldBe(given.Select(d => (d.Box, d.Score)));
            int[] ids = [.. frame.Detections.Where(d => d.TrackId is not null).Select(d => d.TrackId!.Value)];
            ids.ShouldBeUnique();
            frame.Tracks.Select(t => t.Id).ShouldBeInOrder();
        }

        f.ShouldBe(crowd.Detections.Length);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Reset_begins_again(string name)
    {
        TrackingGolden sequence = AllTrackers.Sequence("occlusion");
        Tracker tracker = AllTrackers.ByName[name]();
        int[][] first = AllTrackers.Ids(tracker, sequence);
        tracker.Reset();

        AllTrackers.Ids(tracker, sequence).ShouldBe(first);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Instances_share_nothing(string name)
    {
        TrackingGolden a = AllTrackers.Sequence("crossing"), b = AllTrackers.Sequence("jitter");
        (int[][] alone, int[][] other) =
            (AllTrackers.Ids(AllTrackers.ByName[name](), a), AllTrackers.Ids(AllTrackers.ByName[name](), b));

        (Tracker first, Tracker second) = (AllTrackers.ByName[name](), AllTrackers.ByName[name]());
        int[][][] together =
            [.. a.Run(first).Zip(b.Run(second)).Select(p => (int[][])[[.. p.First.RawIds], [.. p.Second.RawIds]])];

        together.Select(t => t[0]).ShouldBe(alone.Take(together.Length));
        together.Select(t => t[1]).ShouldBe(other.Take(together.Length));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Ended_ids_never_return_and_every_id_ends(string name)
    {
        TrackingGolden sequence = AllTrackers.Sequence("enterleave");
        Tracker tracker = AllTrackers.ByName[name]();
        var seen = new HashSet<int>();
        var ended = new HashSet<int>();
        TimeSpan time = default;
        foreach ((TrackedFrame frame, _) in sequence.Run(tracker))
        {
            foreach (TrackState track in frame.Tracks)
            {
                ended.ShouldNotContain(track.Id);
                _ = seen.Add(track.Id);
            }

            ended.UnionWith(frame.Ended);
            time = frame.Time;
        }

        for (int i = 1; i <= 200; i++)
            ended.UnionWith(tracker.Update([], time + TimeSpan.FromSeconds(i / 30.0)).Ended);
        seen.ShouldBeSubsetOf(ended);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mistakes_of_the_caller_are_refused(string name)
    {
        Tracker tracker = AllTrackers.ByName[name]();
        _ = tracker.Update([AllTrackers.At(100, 100)], TimeSpan.FromSeconds(1));

        Should.Throw<ArgumentException>(
            () => tracker.Update([], TimeSpan.FromSeconds(1))).Message.ShouldContain("not later than");
        Should.Throw<ArgumentException>(() => tracker.Update([AllTrackers.At(double.NaN, 1)], TimeSpan.FromSeconds(2)))
            .Message.ShouldContain("Detection 0");
        Should.Throw<ArgumentException>(() => tracker.Update([AllTrackers.At(1, 1, float.NaN)], TimeSpan.FromSeconds(2)))
            .Message.ShouldContain("score");
        Should.Throw<ArgumentException>(
            () => tracker.Update([], TimeSpan.FromSeconds(2), CameraMotion.None with { A = double.NaN }))
            .Message.ShouldContain("camera motion");
        tracker.Update([AllTrackers.At(100, 100)], TimeSpan.FromSeconds(2)).Index.ShouldBe(1);
    }

    [Fact]
    public void Detections_of_the_detector_are_tracked_as_they_are()
    {
        var dog = new Detection { Box = new BoxXyxy(1, 2, 30, 40), Score = 0.9f, ClassId = 7, ClassName = "dog" };
        var found = new Detections { Width = 640, Height = 480, Items = [dog] };

        TrackedFrame frame = new DefaultTracker().Update(found, TimeSpan.Zero);

        frame.Detections.ShouldBe([new TrackedDetection(1, new BoxXyxy(1, 2, 30, 40), 0.9f, 7)]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Boxes_without_size_do_no_harm(string name)
    {
        Tracker tracker = AllTrackers.ByName[name]();
        for (int f = 0; f < 30; f++)
        {
            TrackDetection[] odd =
            [
                AllTrackers.At(100, 100, width: 0, height: 0), AllTrackers.At(50, 50, width: -5, height: 10),
                AllTrackers.At(300 + f, 100), AllTrackers.At(1e30, 0), AllTrackers.At(200, 100, width: 10, height: 0),
            ];
            tracker.Update(odd, TimeSpan.FromSeconds(f / 30.0)).Detections.Count.ShouldBe(odd.Length);
        }
    }
}
