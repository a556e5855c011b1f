using System.Diagnostics;

namespace RfDetr.Serve;

/// <summary>Instances, threads and batch with which a server runs a model's network.</summary>
/// <param name="Instances">Runs at a time.</param>
/// <param name="Threads">Threads of each.</param>
/// <param name="MaxBatch">Images of each.</param>
public sealed record ServeSetting(int Instances, int Threads, int MaxBatch)
{
    /// <summary>As options of the command line.</summary>
    public override string ToString() => Invariant.Text($"--instances {Instances} --threads {Threads} --max-batch {MaxBatch}");
}

/// <summary>A setting that was measured against another one.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Against">The best setting until then.</param>
/// <param name="Ratio">Its time for an image, in that of the other: the median over the rounds.</param>
/// <param name="Rounds">Rounds in which both were measured, one after the other.</param>
/// <param name="IsBetter">True if it is clearly quicker.</param>
public sealed record TunedSetting(ServeSetting Setting, ServeSetting Against, double Ratio, int Rounds, bool IsBetter)
{
    /// <summary>The smallest ratio of a round.</summary>
    public double Least { get; init; } = Ratio;

    /// <summary>The largest ratio of a round; far from the smallest one on a machine that is busy with other work.</summary>
    public double Most { get; init; } = Ratio;
}

/// <summary>The findings of a tuning.</summary>
/// <param name="First">The setting without options.</param>
/// <param name="Best">The best one; the first where none is clearly quicker.</param>
/// <param name="Measured">All comparisons.</param>
/// <param name="ImagesPerSecond">Throughput of the best one, when it was measured last.</param>
public sealed record TuningReport(
    ServeSetting First, ServeSetting Best, IReadOnlyList<TunedSetting> Measured, double ImagesPerSecond)
{
    /// <summary>The best setting against the first one, measured once more at the end; null where they are the same.</summary>
    public TunedSetting? Gain { get; init; }

    /// <summary>
    /// One instance with the best setting's threads against one with the first setting's: what an image that comes alone takes,
    /// as more instances have fewer threads each. Null where the settings are the same.
    /// </summary>
    public TunedSetting? Alone { get; init; }
}

/// <summary>
/// Measures which batch, instances and threads give this machine the most images per second. Two settings are measured in turn,
/// round by round, so that a machine whose speed drifts is the same for both; a setting must be clearly quicker to be chosen.
/// </summary>
public static class ServeTuning
{
    private const double LeastGain = 0.03;
    private const int Rounds = 6;
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(700);

    /// <summary>Time that measuring takes on this machine, about; compiling comes to it.</summary>
    public static TimeSpan Duration => 2 * Rounds * s_round * (Candidates(ProcessorCores.Physical).Count + 2);

    /// <summary>Measures a model. Nothing else should run meanwhile.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Engine and license.</param>
    /// <param name="progress">Is told of each comparison.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    public static TuningReport Run(
        string model, ServeOptions options, IProgress<TunedSetting>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        int cores = ProcessorCores.Physical;
        using var detectors = new Loaded(model, options);
        var first = new ServeSetting(1, cores, 1);
        return Choose(
            first, Candidates(cores), setting => detectors.Measure(setting, cancellationToken), progress, cancellationToken);
    }

    /// <summary>All settings but the first that are worth a try: instances × threads = cores, batches up to 8.</summary>
    internal static IReadOnlyList<ServeSetting> Candidates(int cores) =>
    [
        .. from instances in Enumerable.Range(0, 8).Select(i => 1 << i).TakeWhile(i => i <= cores)
           from batch in (int[])[1, 2, 4, 8]
           where (instances, batch) != (1, 1)
           select new ServeSetting(instances, cores / instances, batch),
    ];

    /// <summary>Compares each candidate with the best so far.</summary>
    /// <param name="first">The setting to beat.</param>
    /// <param name="candidates">The others.</param>
    /// <param name="measure">Seconds for an image.</param>
    /// <param name="progress">Is told of each comparison.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    internal static TuningReport Choose(
        ServeSetting first, IReadOnlyList<ServeSetting> candidates, Func<ServeSetting, double> measure,
        IProgress<TunedSetting>? progress, CancellationToken cancellationToken)
    {
        ServeSetting best = first;
        double seconds = double.NaN;
        var measured = new List<TunedSetting>();
        TunedSetting Compare(ServeSetting candidate, ServeSetting against)
        {
            double[] ratios = new double[Rounds];
            double[] own = new double[Rounds], others = new double[Rounds];
            for (int i = 0; i < Rounds; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                // Who goes first alternates: what one leaves behind meets the other.
                bool candidateFirst = i % 2 == 1;
                double one = measure(candidateFirst ? candidate : against), two = measure(candidateFirst ? against : candidate);
                (own[i], others[i]) = candidateFirst ? (one, two) : (two, one);
                ratios[i] = own[i] / others[i];
            }

            double ratio = SampleStatistics.Median(ratios);
            bool better = ratio < 1 - LeastGain && 3 * ratios.Count(r => r < 1) > 2 * Rounds;
            seconds = SampleStatistics.Median(better ? own : others);
            return new TunedSetting(candidate, against, ratio, Rounds, better) { Least = ratios.Min(), Most = ratios.Max() };
        }

        foreach (ServeSetting candidate in candidates)
        {
            TunedSetting line = Compare(candidate, best);
            measured.Add(line);
            progress?.Report(line);
            if (line.IsBetter)
                best = candidate;
        }

        // The ratios of one after the other are no measurement of the last against the first; what does not hold is not chosen.
        TunedSetting? gain = best == first ? null : Compare(best, first);
        if (gain is { IsBetter: false })
            (best, gain) = (first, null);
        double throughput = 1 / seconds;
        return new TuningReport(first, best, measured, throughput)
        {
            Gain = gain,
            Alone = gain is null ? null : Compare(Alone(best), Alone(first)),
        };

        static ServeSetting Alone(ServeSetting setting) => setting with { Instances = 1, MaxBatch = 1 };
    }

    /// <summary>A detector for each number of threads.</summary>
    private sealed class Loaded(string model, ServeOptions options) : IDisposable
    {
        private readonly Dictionary<int, Detector> _detectors = [];

        /// <summary>Seconds for an image with all instances at work.</summary>
        public double Measure(ServeSetting setting, CancellationToken cancellation)
        {
            if (!_detectors.TryGetValue(setting.Threads, out Detector? detector))
            {
                detector = Detector.Load(
                    model, new ModelOptions { AcceptLicense = options.AcceptLicense },
                    options.Engine with { Threads = setting.Threads });
                _detectors.Add(setting.Threads, detector);
            }

            float[] blank = new float[detector.Contract.InputLength];
            TensorEntry[] Batch() =>
                [.. Enumerable.Range(0, setting.MaxBatch).Select(_ => new TensorEntry(blank, [], Lane.Batch, 0))];
            detector.Run(Batch(), cancellation); // compiles, the first time
            int images = 0;
            long start = Stopwatch.GetTimestamp();
            Thread[] threads =
            [
                .. Enumerable.Range(0, setting.Instances).Select(_ => new Thread(() =>
                {
                    while (Stopwatch.GetElapsedTime(start) < s_round && !cancellation.IsCancellationRequested)
                    {
                        detector.Run(Batch(), CancellationToken.None);
                        Interlocked.Add(ref images, setting.MaxBatch);
                    }
                })),
            ];
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            cancellation.ThrowIfCancellationRequested();
            return Stopwatch.GetElapsedTime(start).TotalSeconds / images;
        }

        public void Dispose()
        {
            foreach (Detector detector in _detectors.Values)
                detector.Dispose();
        }
    }
}
