using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>
/// Makes training batches on worker threads. Batch k of epoch e is a function of (seed, e, k, rank) alone, whatever the number of
/// workers, and R ranks together see what one rank with an R-fold batch would: so a run can be resumed at any step and be the
/// same.
/// </summary>
internal sealed class TrainingLoader
{
    private const int MostReplacements = 50;

    private readonly DataSplit _split;
    private readonly LoaderOptions _options;
    private readonly EpochPlan _plan;
    private readonly ImageStore _store;
    private readonly int[] _sizes;
    private readonly ConcurrentDictionary<string, string> _skipped = new(StringComparer.Ordinal);
    private (int Epoch, int[] Order)? _order;

    /// <summary>Prepares; nothing is read yet.</summary>
    /// <exception cref="ArgumentException">
    /// An option is out of range, or the split has no images, or masks are wanted and it has none.
    /// </exception>
    public TrainingLoader(DataSplit split, LoaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (split.Images.Count == 0)
            throw new ArgumentException($"split '{split.Name}' ({split.Source}) has no images to train on", nameof(split));
        if (options.Masks && !split.HasMasks)
            throw new ArgumentException(
                $"split '{split.Name}' ({split.Source}) has objects without masks; a segmentation model needs one for "
                    + $"each. Train a detection model, or annotate masks",
                nameof(split));
        (_split, _options) = (split, options);
        _plan = new EpochPlan(split, options);
        _store = new ImageStore(split, options.Masks, options.CacheBytes);
        _sizes = options.MultiScale
            ? MultiScaleSizes.Of(options.Resolution, options.SizeDivisor, options.ExpandedScales)
            : [options.Resolution];
    }

    /// <summary>Steps of an epoch.</summary>
    public int StepsPerEpoch => _plan.Steps;

    /// <summary>Time spent waiting for batches so far: what the training starved.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Bytes of decoded images kept.</summary>
    public long CachedBytes => _store.CachedBytes;

    /// <summary>Images that could not be read and were replaced, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Skipped => _skipped;

    /// <summary>The sides that a batch may have, pixels.</summary>
    public IReadOnlyList<int> Sizes => _sizes;

    /// <summary>The batches of an epoch from a step on. Stops its workers when the enumeration ends or is left.</summary>
    /// <exception cref="TrainingDataException">An image cannot be used and is not to be skipped.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public IEnumerable<TrainingBatch> Batches(int epoch, int fromStep = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(fromStep);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fromStep, StepsPerEpoch);
        int[] order = Order(epoch);
        using var work = new OrderedWork<TrainingBatch>(
            fromStep, StepsPerEpoch, _options.Workers, _options.LookAhead, step => Make(order, epoch, step));
        TimeSpan before = TimeSpan.Zero;
        while (work.Next(cancellation) is { } batch)
        {
            Waited += work.Waited - before;
            before = work.Waited;
            yield return batch;
        }
    }

    /// <summary>One batch, made on this thread.</summary>
    public TrainingBatch Make(int epoch, int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, StepsPerEpoch);
        return Make(Order(epoch), epoch, step);
    }

    private int[] Order(int epoch)
    {
        if (_order is not { } kept || kept.Epoch != epoch)
            _order = kept = (epoch, _plan.Order(epoch));
        return kept.Order;
    }

    private TrainingBatch Make(int[] order, int epoch, int step)
    {
        int batch = _options.BatchSize, first = (step * _options.WorldSize + _options.Rank) * batch;
        int side = _sizes[new SampleRandom(_options.Seed, Streams.Scale, (ulong)epoch, (ulong)step).Below(_sizes.Length)];
        int length = 3 * side * side;
        float[] pixels = GC.AllocateUninitializedArray<float>(checked(batch * length));
        var targets = new Target[batch];
        string[] files = new string[batch];
        for (int i = 0; i < batch; i++)
        {
            var random = new SampleRandom(_options.Seed, Streams.Image, (ulong)epoch, (ulong)(first + i));
            (Sample sample, int index) = Read(order[first + i], epoch, first + i);
            sample = Augmenter.Apply(sample, _options.Augmentation, random, Another);
            LabeledImage image = _split.Images[index];
            files[i] = image.File;
            targets[i] = Stretching.ToBatch(
                sample, pixels.AsSpan(i * length, length), side, side, _options.ResizeRule, _options.Masks, image.Id);
        }

        return new TrainingBatch(pixels, side, side, targets, files);
    }

    private Sample Another(SampleRandom random)
    {
        for (int attempt = 1; ; attempt++)
        {
            if (TryRead(random.Below(_split.Images.Count), attempt >= MostReplacements, out Sample? sample))
                return sample;
        }
    }

    private (Sample Sample, int Index) Read(int index, int epoch, int place)
    {
        if (TryRead(index, false, out Sample? sample))
            return (sample, index);
        var random = new SampleRandom(_options.Seed, Streams.Replacement, (ulong)epoch, (ulong)place);
        for (int attempt = 1; ; attempt++)
        {
            int other = random.Below(_split.Images.Count);
            if (TryRead(other, attempt >= MostReplacements, out sample))
                return (sample, other);
        }
    }

    private bool TryRead(int index, bool last, [NotNullWhen(true)] out Sample? sample)
    {
        try
        {
            sample = _store.Read(index);
            return true;
        }
        catch (TrainingDataException e) when (_options.OnBadImage == BadImage.Skip && !last)
        {
            _skipped.TryAdd(e.File, e.Message);
            sample = null;
            return false;
        }
    }
}

/// <summary>An image or its annotations cannot be used in the middle of a run.</summary>
/// <param name="file">The file at fault; the message begins with it.</param>
/// <param name="reason">The problem and its cure, as a sentence.</param>
/// <param name="innerException">The cause.</param>
public sealed class TrainingDataException(string file, string reason, Exception? innerException = null)
    : RfDetrException($"{file}: {reason}", innerException)
{
    /// <summary>The file at fault.</summary>
    public string File { get; } = file;
}
