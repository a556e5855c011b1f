namespace RfDetr.Tests;

/// <summary>
/// Series of times as a shared machine makes them: log-normal around a median, with a wandering level, drift, and now and then a
/// spike.
/// </summary>
internal sealed class SyntheticTimes(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Times in milliseconds.</summary>
    /// <param name="count">Number of images.</param>
    /// <param name="median">Their median without noise.</param>
    /// <param name="spread">Standard deviation of the logarithm, from one sample to the next.</param>
    /// <param name="wander">
    /// Standard deviation of the logarithm of the level, which forgets 40 % of itself from sample to sample.
    /// </param>
    /// <param name="drift">Change of the level from the first to the last sample, as a part.</param>
    public double[] Series(int count, double median, double spread = 0.04, double wander = 0.01, double drift = 0.03)
    {
        double[] samples = new double[count];
        double level = 0, sign = _random.Next(2) == 0 ? 1 : -1;
        for (int i = 0; i < count; i++)
        {
            level = 0.6 * level + 0.8 * wander * Normal();
            double trend = 1 + sign * drift * ((double)i / count - 0.5);
            double spike = _random.NextDouble() < 0.03 ? 1.2 + _random.NextDouble() : 1;
            samples[i] = Math.Round(median * trend * spike * Math.Exp(level + spread * Normal()), 4);
        }

        return samples;
    }

    /// <summary>A report of one series whose stages share the times of the end-to-end ones.</summary>
    public static BenchmarkReport Report(double[] endToEnd, double[]? spin = null, BenchmarkAccuracy? accuracy = null) => new()
    {
        SchemaVersion = BenchmarkReport.CurrentSchema,
        MeasuredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Environment = new BenchmarkEnvironment
        {
            Processor = "a processor",
            Cores = 2,
            InstructionSets = ["AVX2", "FMA"],
            Architecture = "X64",
            MemoryBytes = 1L << 33,
            System = "a system",
            Runtime = ".NET 10.0.0",
            Collector = "workstation",
            Library = "0.1.0",
            Engine = "an engine",
            Providers = [],
            Threads = 0,
            Spinning = false,
            Decoder = "a decoder",
            Variables = new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "2" },
        },
        Model = new BenchmarkModel
        {
            Name = "a model",
            Variant = "nano",
            Sha256 = new string('a', 64),
            Bytes = 1000,
            InputHeight = 384,
            InputWidth = 384,
            HasMasks = false,
            ResizeRule = "Bilinear",
            NumSelect = 300,
            Precision = "fp32",
        },
        Images = new BenchmarkImages(2, 2000, new string('b', 64), "two images"),
        Options = new BenchmarkOptions { Runs = Math.Max(3, endToEnd.Length) },
        LoadMs = 100,
        FirstCallMs = 50,
        Memory = new BenchmarkMemory(1, 2, 3),
        Series =
        [
            new BenchmarkSeries
            {
                Batch = 1,
                Callers = 1,
                Seconds = endToEnd.Sum() / 1000,
                ImagesPerSecond = endToEnd.Length / (endToEnd.Sum() / 1000),
                Stages =
                [
                    new(BenchmarkStages.Decode, [.. endToEnd.Select(t => t * 0.1)]),
                    new(BenchmarkStages.Preprocess, [.. endToEnd.Select(t => t * 0.05)]),
                    new(BenchmarkStages.Run, [.. endToEnd.Select(t => t * 0.8)]),
                    new(BenchmarkStages.Postprocess, [.. endToEnd.Select(t => t * 0.02)]),
                    new(BenchmarkStages.Draw, [.. endToEnd.Select(t => t * 0.03)]), new(BenchmarkStages.EndToEnd, endToEnd),
                ],
                AllocatedBytesPerImage = 1234.5,
                Collections = [3, 1, 0],
                CollectionPauseMs = 1.5,
                Machine = new MachineState
                {
                    SpinMs = spin ?? [.. endToEnd.Select(_ => 0.3)], CallDrift = SampleStatistics.Drift(endToEnd)
                },
            },
        ],
        Accuracy = accuracy,
    };

    // Box and Muller.
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
