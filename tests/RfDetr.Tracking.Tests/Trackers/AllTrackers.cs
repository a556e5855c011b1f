using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

/// <summary>Every tracker with its default settings, and small streams to run them on.</summary>
internal static class AllTrackers
{
    public static readonly IReadOnlyDictionary<string, Func<Tracker>> ByName = new Dictionary<string, Func<Tracker>>
    {
        ["default"] = () => new DefaultTracker(),
        ["sort"] = () => new SortTracker(),
        ["ocsort"] = () => new OcSortTracker(),
        ["bytetrack"] = () => new ByteTracker(),
        ["botsort"] = () => new BotSortTracker(),
        ["supervision"] = () => new SupervisionByteTracker(),
        ["trackers-sort"] = () => new TrackersSortTracker(),
        ["trackers-bytetrack"] = () => new TrackersByteTracker(),
    };

    public static TheoryData<string> Names => [.. ByName.Keys];

    /// <summary>A golden sequence.</summary>
    public static TrackingGolden Sequence(string name) => TrackingGolden.Read(Goldens.Path($"streams/tracking/{name}.json"));

    /// <summary>Ids per frame of a tracker on a golden sequence.</summary>
    public static int[][] Ids(Tracker tracker, TrackingGolden sequence) =>
        [.. sequence.Run(tracker).Select(f => f.RawIds.ToArray())];

    /// <summary>One box of 40×80 pixels with its center at the given place.</summary>
    public static TrackDetection At(
        double x, double y, float score = 0.9f, int classId = 0, double width = 40, double height = 80) =>
        new(new BoxXyxy(
            (float)(x - width / 2), (float)(y - height / 2), (float)(x + width / 2), (float)(y + height / 2)), score, classId);
}
