using System.Text.Json.Serialization;

namespace RfDetr.Streams;

/// <summary>The video of a results document.</summary>
internal sealed record VideoDocument(string File, int Width, int Height, double Rate, double? Duration, string Codec, bool Live)
{
    public static VideoDocument Of(VideoInfo info) => new(
        info.Input, info.Width, info.Height, Math.Round(info.Rate.PerSecond, 6), info.Duration?.TotalSeconds, info.Codec,
        info.IsLive);
}

/// <summary>A frame: a line of live output, an entry of a file's document. Times are in seconds.</summary>
internal sealed record FrameDocument
{
    public required long Frame { get; init; }

    public required double Time { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public double? AgeMs { get; init; }

    public long? Dropped { get; init; }

    public bool? Discontinuity { get; init; }

    public required IReadOnlyList<ObjectDocument> Objects { get; init; }

    public IReadOnlyList<EventDocument>? Events { get; init; }

    public static FrameDocument Of(AnalyzedFrame frame, ModelInfo model, bool live) => new()
    {
        Frame = frame.Index,
        Time = Seconds(frame.Time),
        Width = frame.Width,
        Height = frame.Height,
        AgeMs = live ? Math.Round(frame.Age.TotalMilliseconds, 1) : null,
        Dropped = live ? frame.Dropped : null,
        Discontinuity = frame.Discontinuity ? true : null,
        Objects = [.. frame.Objects.Select(ObjectDocument.Of)],
        Events = frame.Events.Count == 0 ? null : [.. frame.Events.Select(e => EventDocument.Of(e, model))],
    };

    public static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}

/// <summary>An object of a frame.</summary>
internal sealed record ObjectDocument
{
    public int? TrackId { get; init; }

    public required IReadOnlyList<float?> Box { get; init; }

    public required float? Score { get; init; }

    public required int ClassId { get; init; }

    public required string ClassName { get; init; }

    public MaskDocument? Mask { get; init; }

    public static ObjectDocument Of(TrackedObject seen)
    {
        Detection d = seen.Detection;
        return new ObjectDocument
        {
            TrackId = seen.TrackId,
            Box = [.. ((float[])[d.Box.X1, d.Box.Y1, d.Box.X2, d.Box.Y2]).Select(DetectionDocument.Finite)],
            Score = DetectionDocument.Finite(d.Score),
            ClassId = d.ClassId,
            ClassName = d.ClassName,
            Mask = d.Mask is { } mask ? MaskDocument.Of(mask) : null,
        };
    }
}

/// <summary>Something that happened at a line or in a zone. Times are in seconds.</summary>
internal sealed record EventDocument
{
    public required string Event { get; init; }

    public required string Zone { get; init; }

    public required double Time { get; init; }

    public required long Frame { get; init; }

    public required int TrackId { get; init; }

    public required int ClassId { get; init; }

    public required string ClassName { get; init; }

    public string? Direction { get; init; }

    public double? Dwell { get; init; }

    public bool? Disappeared { get; init; }

    public static EventDocument Of(ZoneEvent happened, ModelInfo model) => new()
    {
        Event = happened switch { LineCrossedEvent => "crossed", ZoneEnteredEvent => "entered", _ => "left" },
        Zone = happened.Zone,
        Time = FrameDocument.Seconds(happened.Time),
        Frame = happened.Frame,
        TrackId = happened.TrackId,
        ClassId = happened.ClassId,
        ClassName = model.Classes.TryGet(happened.ClassId, out ClassEntry? entry) ? entry.Name : "",
        Direction = (happened as LineCrossedEvent)?.Direction switch
        {
            CrossingDirection.In => "in",
            CrossingDirection.Out => "out",
            _ => null,
        },
        Dwell = happened is ZoneLeftEvent left ? FrameDocument.Seconds(left.Dwell) : null,
        Disappeared = (happened as ZoneLeftEvent)?.Disappeared,
    };
}

/// <summary>Counts of a line.</summary>
internal sealed record LineDocument(
    string Name, long In, long Out, IReadOnlyDictionary<string, long> InByClass, IReadOnlyDictionary<string, long> OutByClass);

/// <summary>Counts of a zone; <paramref name="Dwell"/> is the total time inside of all who left, in seconds.</summary>
internal sealed record ZoneDocument(
    string Name, long Entered, long Left, int Inside, double Dwell, IReadOnlyDictionary<string, long> EnteredByClass);

/// <summary>Result of a run over a stream.</summary>
internal sealed record SummaryDocument
{
    public required long Frames { get; init; }

    public required double Seconds { get; init; }

    public required IReadOnlyDictionary<string, int> Objects { get; init; }

    public required IReadOnlyList<LineDocument> Lines { get; init; }

    public required IReadOnlyList<ZoneDocument> Zones { get; init; }

    public required long SaturatedFrames { get; init; }

    public required long Dropped { get; init; }

    public required int Interruptions { get; init; }

    public required long DecodeErrors { get; init; }

    public string? Problem { get; init; }

    public required bool Canceled { get; init; }

    public static SummaryDocument Of(StreamSummary summary, VideoAnalysis analysis) => new()
    {
        Frames = summary.Frames,
        Seconds = Math.Round(summary.Elapsed.TotalSeconds, 3),
        Objects = summary.Objects,
        Lines = [.. analysis.Lines.Select(l => new LineDocument(
            l.Name, l.In.Total, l.Out.Total, ByName(l.In, analysis), ByName(l.Out, analysis)))],
        Zones = [.. analysis.Zones.Select(z => new ZoneDocument(
            z.Name, z.Entered.Total, z.Left.Total, z.Count, FrameDocument.Seconds(z.TotalDwell), ByName(z.Entered, analysis)))],
        SaturatedFrames = summary.SaturatedFrames,
        Dropped = summary.Dropped,
        Interruptions = summary.Interruptions,
        DecodeErrors = summary.DecodeErrors,
        Problem = summary.Problem.Length > 0 ? summary.Problem : null,
        Canceled = summary.Canceled,
    };

    private static Dictionary<string, long> ByName(ClassCounts counts, VideoAnalysis analysis)
    {
        var named = new Dictionary<string, long>();
        foreach ((int id, long count) in counts.PerClass)
        {
            string name = analysis.Model.Classes.TryGet(id, out ClassEntry? entry) ? entry.Name : Invariant.Text($"id:{id}");
            named[name] = named.GetValueOrDefault(name) + count;
        }

        return named;
    }
}

/// <summary>Writes the documents: snake case, nothing for what is null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VideoDocument))]
[JsonSerializable(typeof(FrameDocument))]
[JsonSerializable(typeof(EventDocument))]
[JsonSerializable(typeof(SummaryDocument))]
internal sealed partial class StreamJsonContext : JsonSerializerContext;
