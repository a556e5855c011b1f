using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

/// <summary>Every option of every tracker changes some result, so none is lost on its way.</summary>
public class TrackerOptionTests
{
    private static readonly string[] s_sequences =
        ["crowd", "lowscore", "occlusion", "street5", "classes", "camera", "duplicates", "fast"];

    private static readonly (string Name, Func<Tracker> Default, Func<Tracker> Changed)[] s_cases =
    [
        Sort("MaxAge", o => o with { MaxAge = 5 }),
        Sort("MinHits", o => o with { MinHits = 1 }),
        Sort("IouThreshold", o => o with { IouThreshold = 0.6f }),
        OcSort("DetectionThreshold", o => o with { DetectionThreshold = 0.3f }),
        OcSort("MaxAge", o => o with { MaxAge = 3 }),
        OcSort("MinHits", o => o with { MinHits = 1 }),
        OcSort("IouThreshold", o => o with { IouThreshold = 0.6f }),
        OcSort("DirectionFrames", o => o with { DirectionFrames = 1, Inertia = 3 }, o => o with { Inertia = 3 }),
        OcSort("Inertia", o => o with { Inertia = 3 }),
        OcSort("UseLowScores", o => o with { UseLowScores = true }),
        Byte("TrackThreshold", o => o with { TrackThreshold = 0.3f }),
        Byte("BufferAt30", o => o with { BufferAt30 = 5 }),
        Byte("MatchThreshold", o => o with { MatchThreshold = 0.5 }),
        Byte("FuseScores", o => o with { FuseScores = false }),
        Byte("FrameRate", o => o with { FrameRate = 5 }),
        Bot("HighThreshold", o => o with { HighThreshold = 0.3f }),
        Bot("LowThreshold", o => o with { LowThreshold = 0.5f }),
        Bot("NewThreshold", o => o with { NewThreshold = 0.9f }),
        Bot("BufferAt30", o => o with { BufferAt30 = 5 }),
        Bot("MatchThreshold", o => o with { MatchThreshold = 0.5 }),
        Bot("FuseScores", o => o with { FuseScores = false, MatchThreshold = 0.4 }, o => o with { MatchThreshold = 0.4 }),
        Bot("FrameRate", o => o with { FrameRate = 5 }),
        Bot("UseCameraMotion", o => o with { UseCameraMotion = false }),
        Supervision("ActivationThreshold", o => o with { ActivationThreshold = 0.6f }),
        Supervision("BufferAt30", o => o with { BufferAt30 = 5 }),
        Supervision("MatchingThreshold", o => o with { MatchingThreshold = 0.5 }),
        Supervision("FrameRate", o => o with { FrameRate = 5 }),
        Supervision("MinimumConsecutiveFrames", o => o with { MinimumConsecutiveFrames = 4 }),
        TrackersSort("BufferAt30", o => o with { BufferAt30 = 5 }),
        TrackersSort("FrameRate", o => o with { FrameRate = 5 }),
        TrackersSort("ActivationThreshold", o => o with { ActivationThreshold = 0.8f }),
        TrackersSort("MinimumConsecutiveFrames", o => o with { MinimumConsecutiveFrames = 1 }),
        TrackersSort("MinimumIou", o => o with { MinimumIou = 0.6 }),
        TrackersByte("BufferAt30", o => o with { BufferAt30 = 5 }),
        TrackersByte("FrameRate", o => o with { FrameRate = 5 }),
        TrackersByte("ActivationThreshold", o => o with { ActivationThreshold = 0.9f }),
        TrackersByte("MinimumConsecutiveFrames", o => o with { MinimumConsecutiveFrames = 1 }),
        TrackersByte("MinimumIou", o => o with { MinimumIou = 0.6 }),
        TrackersByte("HighThreshold", o =>
            o with { HighThreshold = 0.3f, ActivationThreshold = 0.3f }, o => o with { ActivationThreshold = 0.3f }),
        Ours("HighThreshold", o => o with { HighThreshold = 0.9f }),
        Ours("LowThreshold", o => o with { LowThreshold = 0.35f }),
        Ours("InstantThreshold", o => o with { InstantThreshold = 2 }),
        Ours("MinimumIou", o => o with { MinimumIou = 0.9 }),
        Ours("LostTime", o => o with { LostTime = TimeSpan.FromSeconds(0.3) }),
        Ours("DuplicateIou", o => o with { DuplicateIou = 0.3 }),
        Ours("ClassRule", o => o with { ClassRule = ClassRule.Separate }),
        Ours("UseCameraMotion", o => o with { UseCameraMotion = false }),
    ];

    public static TheoryData<int, string> Cases
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (int i = 0; i < s_cases.Length; i++)
                data.Add(i, s_cases[i].Name);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_option_reaches_its_place(int index, string name)
    {
        (_, Func<Tracker> usual, Func<Tracker> changed) = s_cases[index];

        s_sequences.Select(AllTrackers.Sequence).Any(s => !AllTrackers.Ids(usual(), s).SelectMany(i => i)
            .SequenceEqual(AllTrackers.Ids(changed(), s).SelectMany(i => i))).ShouldBeTrue(name);
    }

    [Fact]
    public void Every_option_has_a_case()
    {
        (Type Options, string Prefix)[] records =
        [
            (typeof(SortOptions), "sort"), (typeof(OcSortOptions), "ocsort"), (typeof(ByteTrackOptions), "bytetrack"),
            (typeof(BotSortOptions), "botsort"), (typeof(SupervisionByteTrackOptions), "supervision"),
            (typeof(TrackersSortOptions), "trackers-sort"), (typeof(TrackersByteTrackOptions), "trackers-bytetrack"),
            (typeof(DefaultTrackerOptions), "default"),
        ];

        IEnumerable<string> options = records.SelectMany(r => r.Options.GetProperties().Select(p => $"{r.Prefix} {p.Name}"));

        // The time to confirm a track is tested by itself, in DefaultTrackerTests.
        options.Except(s_cases.Select(c => c.Name)).ShouldBe(["default ConfirmTime"]);
    }

    [Fact]
    public void All_violations_are_reported_at_once()
    {
        string message = Should.Throw<ArgumentException>(
            () => new BotSortTracker(
                new BotSortOptions { HighThreshold = 2, LowThreshold = float.NaN, FrameRate = 0, BufferAt30 = -1 })).Message;

        message.ShouldContain("HighThreshold is 2");
        message.ShouldContain("LowThreshold is NaN");
        message.ShouldContain("FrameRate is 0");
        message.ShouldContain("BufferAt30 is -1");
        Should.Throw<ArgumentException>(
            () => new DefaultTracker(new DefaultTrackerOptions { LostTime = default, ClassRule = (ClassRule)9 }))
            .Message.ShouldContain("ClassRule");
        Should.Throw<ArgumentException>(
            () => new DefaultTracker(new DefaultTrackerOptions { HighThreshold = 0.2f, LowThreshold = 0.3f }))
            .Message.ShouldContain("above HighThreshold");
    }

    private static (string, Func<Tracker>, Func<Tracker>) Case<T>(
        string tracker, string option, Func<T, Tracker> create, Func<T, T> change, Func<T, T>? basis)
        where T : new() =>
            ($"{tracker} {option}", () => create(basis is null ? new T() : basis(new T())), () => create(change(new T())));

    private static (string, Func<Tracker>, Func<Tracker>) Sort(string name, Func<SortOptions, SortOptions> change) =>
        Case("sort", name, o => new SortTracker(o), change, null);

    private static (string, Func<Tracker>, Func<Tracker>) OcSort(
        string name, Func<OcSortOptions, OcSortOptions> change, Func<OcSortOptions, OcSortOptions>? basis = null) =>
        Case("ocsort", name, o => new OcSortTracker(o), change, basis);

    private static (string, Func<Tracker>, Func<Tracker>) Byte(string name, Func<ByteTrackOptions, ByteTrackOptions> change) =>
        Case("bytetrack", name, o => new ByteTracker(o), change, null);

    private static (string, Func<Tracker>, Func<Tracker>) Bot(
        string name, Func<BotSortOptions, BotSortOptions> change, Func<BotSortOptions, BotSortOptions>? basis = null) =>
        Case("botsort", name, o => new BotSortTracker(o), change, basis);

    private static (string, Func<Tracker>, Func<Tracker>) Supervision(
        string name, Func<SupervisionByteTrackOptions, SupervisionByteTrackOptions> change) =>
        Case("supervision", name, o => new SupervisionByteTracker(o), change, null);

    private static (string, Func<Tracker>, Func<Tracker>) TrackersSort(
        string name, Func<TrackersSortOptions, TrackersSortOptions> change) =>
        Case("trackers-sort", name, o => new TrackersSortTracker(o), change, null);

    private static (string, Func<Tracker>, Func<Tracker>) TrackersByte(
        string name,
        Func<TrackersByteTrackOptions, TrackersByteTrackOptions> change,
        Func<TrackersByteTrackOptions, TrackersByteTrackOptions>? basis = null) =>
        Case("trackers-bytetrack", name, o => new TrackersByteTracker(o), change, basis);

    private static (string, Func<Tracker>, Func<Tracker>) Ours(
        string name, Func<DefaultTrackerOptions, DefaultTrackerOptions> change) =>
        Case("default", name, o => new DefaultTracker(o), change, null);
}
