using System.Buffers;
using RfDetr.Streams;
using RfDetr.Tracking;
using RfDetr.Video;

namespace RfDetr.Bench;

/// <summary>
/// Detection and tracking together: drawn clips with true ids (still, panning and shaking cameras in turn) through the built-in
/// model and every tracker, with the camera's motion as estimated from the frames.
/// </summary>
internal static class TrackingClipsBench
{
    private const int Side = 320, Frames = 120;
    private const double Rate = 25;

    // The scenes that the model was trained on, enlarged to the clip's size.
    private static readonly SceneOptions s_scene = new()
    {
        Classes = ["ball", "cube", "cone", "ring", "star", "mug"],
        MinObjectSize = 86,
        MaxObjects = 5,
        MinVisibleFraction = 0.5,
    };

    public static void Run(int clips)
    {
        using Detector detector = Detector.Load("demo");
        TrackerKind[] kinds = Enum.GetValues<TrackerKind>();
        var all = kinds.ToDictionary(k => k, _ => new TrackingMetrics());
        var perClip = kinds.ToDictionary(k => k, _ => new List<TrackingScores>());
        for (int clip = 0; clip < clips; clip++)
        {
            var truth = new List<MotEntry>();
            var options = kinds.ToDictionary(k => k, k => new TrackOptions { Tracker = k });
            var sessions = kinds.ToDictionary(k => k, k => new TrackerSession(options[k]));
            var found = kinds.ToDictionary(k => k, _ => new List<MotEntry>());
            var camera = (ClipCamera)(clip % Enum.GetValues<ClipCamera>().Length);
            var scenes = new ClipOptions { Frames = Frames, FramesPerSecond = Rate, Camera = camera, Scene = s_scene };
            var generator = new ClipGenerator(scenes);
            foreach (ClipFrame drawn in generator.Draw(11, clip, Side, Side))
            {
                using VideoFrame frame = Copy(drawn);
                var pixels = new PixelFrame(frame.Rgb.Span, Side, Side, 0, PixelFormat.Rgb24);
                Detections seen = detector.Detect(pixels, new DetectOptions { ScoreThreshold = 0.1f });
                foreach (ClipObject o in drawn.Objects)
                {
                    PixelBox b = o.Seen.Box;
                    truth.Add(new MotEntry(drawn.Index + 1, o.Id, b.X1, b.Y1, b.Width, b.Height, o.Counted ? 1 : 0));
                }

                foreach (TrackerKind kind in kinds)
                {
                    Detections shown = seen with { Items = [.. seen.Items.Where(d => d.Score > options[kind].LowestScore)] };
                    foreach (TrackedDetection d in sessions[kind].Update(frame, shown, drawn.Time)!.Detections)
                    {
                        if (d.TrackId is { } id)
                            found[kind].Add(MotEntry.Of(drawn.Index + 1, id, d.Box, d.Score));
                    }
                }
            }

            foreach (TrackerKind kind in kinds)
            {
                all[kind].Add(truth, found[kind]);
                perClip[kind].Add(TrackingMetrics.Of(truth, found[kind]));
            }

            Console.WriteLine($"clip {clip} ({camera}): " + string.Join(", ", kinds.Select(k =>
                $"{k} {100 * perClip[k][^1].Hota.Hota:F1} / {perClip[k][^1].Clear.IdSwitches}")));
        }

        Console.WriteLine($"\n{clips} clips of {Frames} frames at {Side}×{Side} through demo: means over clips, switches in all");
        foreach (TrackerKind kind in kinds)
        {
            List<TrackingScores> scores = perClip[kind];
            Console.WriteLine(
                $"{kind,-10} HOTA {100 * scores.Average(s => s.Hota.Hota):F1}  "
                    + $"IDF1 {100 * scores.Average(s => s.Identity.Idf1):F1}  "
                    + $"MOTA {100 * scores.Average(s => s.Clear.Mota):F1}  switches {scores.Sum(s => s.Clear.IdSwitches)}  "
                    + $"together {100 * all[kind].Scores().Hota.Hota:F1}");
        }
    }

    private static VideoFrame Copy(ClipFrame drawn)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(drawn.Rgb.Length);
        drawn.Rgb.CopyTo(rented, 0);
        return new VideoFrame(rented, drawn.Width, drawn.Height) { Index = drawn.Index, Time = drawn.Time };
    }
}
