using System.Collections.Concurrent;
using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>
/// Reads images with their objects, and keeps as many decoded ones as the given memory holds: the first that come stay, because
/// with a shuffled order no other choice is better.
/// </summary>
internal sealed class ImageStore(DataSplit split, bool masks, long cacheBytes)
{
    private readonly ConcurrentDictionary<int, Sample> _kept = new();
    private long _bytes;

    /// <summary>Bytes of decoded images that are kept.</summary>
    public long CachedBytes => Interlocked.Read(ref _bytes);

    /// <summary>
    /// An image with the objects to learn: crowds left out, boxes clipped, those without area dropped. Thread-safe.
    /// </summary>
    /// <exception cref="TrainingDataException">It is gone, broken, or of another size than its annotations say.</exception>
    public Sample Read(int index)
    {
        if (_kept.TryGetValue(index, out Sample? kept))
            return kept;
        LabeledImage image = split.Images[index];
        Sample sample = Load(image);
        long size = sample.Rgb.Length + sample.Objects.Sum(o => (long)(o.Mask?.Pixels.Length ?? 0));
        if (Interlocked.Add(ref _bytes, size) > cacheBytes || !_kept.TryAdd(index, sample))
            Interlocked.Add(ref _bytes, -size);
        return sample;
    }

    private Sample Load(LabeledImage labels)
    {
        try
        {
            using Image image = Image.Load(labels.File);
            if (image.Width != labels.Width || image.Height != labels.Height)
            {
                string turned = image.Width == labels.Height && image.Height == labels.Width
                    ? " Its EXIF mark turns it upright; annotate the upright image, or remove the mark."
                    : "";
                throw new TrainingDataException(labels.File,
                    $"has {image.Width}×{image.Height} pixels, but its annotations say "
                        + $"{labels.Width}×{labels.Height}.{turned} 'rfdetr data doctor' lists all such images.");
            }

            byte[] rgb = image.Frame.Data.ToArray();
            return new Sample(
                rgb, image.Width, image.Height, [.. labels.Objects.Select(o => Object(labels, o)).OfType<SampleObject>()]);
        }
        catch (ImageContentException e)
        {
            throw new TrainingDataException(
                labels.File,
                $"cannot be read any more: {e.Message[(labels.File.Length + 2)..]} Repair or remove it, or let bad "
                    + $"images be skipped.",
                e);
        }
        catch (DataSetFormatException e)
        {
            throw new TrainingDataException(labels.File, e.Message[(e.File.Length + 2)..], e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingDataException(
                labels.File,
                $"was there when the data set was opened and cannot be read now: {e.Message} Was the data set moved, or "
                    + $"its disk removed?",
                e);
        }
    }

    private SampleObject? Object(LabeledImage image, LabeledObject o)
    {
        if (o.IsCrowd)
            return null;
        BoxXywh box = o.Box.Clip(image.Width, image.Height);
        if (!box.HasArea)
            return null;
        if (!masks)
            return new SampleObject(o.ClassIndex, box, null);
        RleMask mask = o.Mask(image)
            ?? throw new TrainingDataException(
                image.File,
                Invariant.Text(
                    $"object {o.Id} has no mask, which a segmentation model needs; train a detection model, or annotate "
                        + $"all masks."));
        return MaskWindows.Of(mask) is { } window ? new SampleObject(o.ClassIndex, box, window) : null;
    }
}
