using System.Globalization;
using RfDetr.Tracking;

namespace RfDetr.Synth;

/// <summary>A written clip.</summary>
/// <param name="Folder">The folder of the clip.</param>
/// <param name="Frames">Number of frames.</param>
/// <param name="Objects">Number of distinct objects that are counted in some frame.</param>
public sealed record WrittenClip(string Folder, int Frames, int Objects);

/// <summary>
/// Writes clips in MOTChallenge's layout: <c>img1/000001.jpg</c> …, <c>gt/gt.txt</c> (boxes; what is hardly visible has score 0),
/// <c>gt/masks.txt</c> (one object per line: frame, id, class, height, width, COCO's compressed run lengths) and
/// <c>seqinfo.ini</c>.
/// </summary>
public static class ClipWriter
{
    /// <summary>Writes a clip into a new folder.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="name">Name of the clip.</param>
    /// <param name="folder">The folder of the clip; made if it is missing.</param>
    /// <param name="framesPerSecond">Frame rate, for <c>seqinfo.ini</c>.</param>
    /// <param name="quality">JPEG quality, 1..100.</param>
    /// <param name="progress">Receives the number of frames written so far.</param>
    /// <param name="cancellation">Ends the work between two frames.</param>
    public static WrittenClip Write(
        IEnumerable<ClipFrame> frames,
        string name,
        string folder,
        double framesPerSecond,
        int quality,
        IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string images = Path.Combine(folder, "img1"), truth = Path.Combine(folder, "gt");
        _ = Directory.CreateDirectory(images);
        _ = Directory.CreateDirectory(truth);
        var entries = new List<MotEntry>();
        var masks = new StringWriter(CultureInfo.InvariantCulture);
        (int count, int width, int height) = (0, 0, 0);
        foreach (ClipFrame frame in frames)
        {
            cancellation.ThrowIfCancellationRequested();
            (count, width, height) = (frame.Index + 1, frame.Width, frame.Height);
            string path = Path.Combine(images, string.Create(CultureInfo.InvariantCulture, $"{count:000000}.jpg"));
            new PixelFrame(frame.Rgb, width, height, 0, PixelFormat.Rgb24).Save(path, new EncodeOptions { Quality = quality });
            foreach (ClipObject o in frame.Objects)
            {
                PixelBox box = o.Seen.Box;
                (int score, double visible) = (o.Counted ? 1 : 0, (double)o.Seen.Area / o.Seen.AmodalArea);
                entries.Add(new MotEntry(count, o.Id, box.X1, box.Y1, box.Width, box.Height, score, o.Seen.ClassId, visible));
                masks.Write(string.Create(CultureInfo.InvariantCulture, $"{count} {o.Id} {o.Seen.ClassId} {height} {width} "));
                masks.Write(Mask(o.Seen, height, width).ToCompressedString() + "\n");
            }

            progress?.Report(count);
        }

        var boxes = new StringWriter(CultureInfo.InvariantCulture);
        MotFile.WriteTruth(boxes, entries);
        AtomicFile.WriteText(Path.Combine(truth, "gt.txt"), boxes.ToString());
        AtomicFile.WriteText(Path.Combine(truth, "masks.txt"), masks.ToString());
        string rate = framesPerSecond.ToString(CultureInfo.InvariantCulture);
        string[] lines =
        [
            "[Sequence]", $"name={name}", "imDir=img1", $"frameRate={rate}", $"seqLength={count}", $"imWidth={width}",
                $"imHeight={height}",
            "imExt=.jpg",
        ];
        AtomicFile.WriteText(Path.Combine(folder, "seqinfo.ini"), string.Join('\n', lines) + "\n");
        return new WrittenClip(folder, count, entries.Where(e => e.Score != 0).DistinctBy(e => e.Id).Count());
    }

    private static RleMask Mask(SceneObject seen, int height, int width)
    {
        var bits = new BitMask(seen.Box.Height, seen.Box.Width);
        seen.Mask.CopyTo(bits.Pixels);
        return RleMask.Encode(bits).Place(seen.Box.X1, seen.Box.Y1, height, width);
    }
}
