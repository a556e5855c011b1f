using System.Diagnostics;
using RfDetr.Jobs;
using static RfDetr.Invariant;

namespace RfDetr.Bench;

/// <summary>
/// The rate of <c>jobs run</c> beside that of <c>detect --json</c> on the same list with the same detector, in turn; and two
/// workers of one thread each, as processes, beside one <c>detect</c> with both cores.
/// </summary>
internal static class JobsBench
{
    private const int ShardSize = 256;

    /// <summary>Both ways in this process: what a job adds to an image.</summary>
    public static void Run(int rounds, string model, int images)
    {
        string folder = Directory.CreateTempSubdirectory("rfdetr-bench-").FullName;
        try
        {
            Scenes(Path.Combine(folder, "images"), images);
            using Detector detector = Detector.Load(model);
            Samples detect = new("detect --json"), job = new("jobs run");
            double[] detectWork = new double[rounds], jobWork = new double[rounds];
            for (int round = -1; round < rounds; round++)
            {
                double start = Machine.ProcessorSeconds(), first = Detect(detector, folder), middle = Machine.ProcessorSeconds();
                double second = JobAsync(detector, model, folder, round).GetAwaiter().GetResult();
                double end = Machine.ProcessorSeconds();
                if (round < 0)
                    continue; // what runs for the first time is compiled
                detect.Add(1000 * first / images);
                job.Add(1000 * second / images);
                (detectWork[round], jobWork[round]) = (1000 * (middle - start) / images, 1000 * (end - middle) / images);
            }

            Console.WriteLine(
                Text($"\njobs: {model}, {images} JPEG files of 640×480, {detector.Model.Engine}, {rounds} rounds in turn"));
            Console.WriteLine($"{detect} per image\n{job} per image");
            Console.WriteLine(
                Text($"rate of jobs run: {1 / job.RatioTo(detect):0.000} of detect's (median of the rounds' ratios)"));
            double overhead = SampleStatistics.Median([.. jobWork.Zip(detectWork, (j, d) => j - d)]);
            Console.WriteLine(Text($"overhead: {job.Median - detect.Median:0.00} ms per image on the clock, ")
                + Text($"{overhead:0.00} ms of processor time (of {SampleStatistics.Median(detectWork):0.0} ms)"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Whole processes; rates are slopes between a short and a long list, so that starting is not in them.</summary>
    /// <param name="program">The command line's assembly, <c>RfDetr.Cli.dll</c>.</param>
    /// <param name="rounds">Rounds of all ways in turn.</param>
    /// <param name="images">Images of the long list; the short one has a quarter.</param>
    /// <param name="model">The model.</param>
    public static void RunWorkers(string program, int rounds, int images, string model)
    {
        string folder = Directory.CreateTempSubdirectory("rfdetr-bench-").FullName;
        try
        {
            int few = images / 4;
            Scenes(Path.Combine(folder, "long"), images);
            Scenes(Path.Combine(folder, "short"), few);
            double[] one = new double[rounds], two = new double[rounds];
            double[] oneWork = new double[rounds], twoWork = new double[rounds];
            for (int round = 0; round < rounds; round++)
            {
                (double Seconds, double Work) a = Plain(program, folder, "long", model);
                (double Seconds, double Work) b = Plain(program, folder, "short", model);
                (double Seconds, double Work) c = Workers(program, folder, "long", model, round);
                (double Seconds, double Work) d = Workers(program, folder, "short", model, round);
                (one[round], two[round]) = ((images - few) / (a.Seconds - b.Seconds), (images - few) / (c.Seconds - d.Seconds));
                oneWork[round] = 1000 * (a.Work - b.Work) / (images - few);
                twoWork[round] = 1000 * (c.Work - d.Work) / (images - few);
            }

            double ratio = SampleStatistics.Median([.. two.Zip(one, (t, o) => t / o)]);
            Console.WriteLine(Text($"\nworkers: {model}, {few} and {images} JPEG files of 640×480, {rounds} rounds in turn"));
            Console.WriteLine(Text($"one detect, both cores:           {SampleStatistics.Median(one):0.0} images/s"));
            Console.WriteLine(Text($"two jobs work --threads 1:        {SampleStatistics.Median(two):0.0} images/s"));
            Console.WriteLine(Text($"ratio {ratio:0.000} (median of the rounds' ratios)"));
            (double plain, double worked) = (SampleStatistics.Median(oneWork), SampleStatistics.Median(twoWork));
            Console.WriteLine(
                Text($"processor time per image: detect {plain:0.0} ms, workers {worked:0.0} ms, ratio {plain / worked:0.000}"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Detect(Detector detector, string folder)
    {
        long start = Stopwatch.GetTimestamp();
        DetectAsync(detector, folder).GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task DetectAsync(Detector detector, string folder)
    {
        IReadOnlyList<ImageSource> sources = ImageInputs.Expand([Path.Combine(folder, "images")]);
        await using FileStream file = File.Create(Path.Combine(folder, "detect.json"));
        using var json = new DetectionJson(file, detector.Model);
        await foreach (ImageOutcome outcome in detector.DetectManyAsync(sources))
            json.Write(outcome.Source.Name, outcome.Result!);
        json.Complete();
    }

    // From the list of images to the last row on the disk.
    private static async Task<double> JobAsync(Detector detector, string model, string folder, int round)
    {
        long start = Stopwatch.GetTimestamp();
        string output = Path.Combine(folder, Text($"job-{round}"));
        await using Destination destination = await Destinations.OpenAsync(output, null, CancellationToken.None);
        Submitted submitted = await Submission.RunAsync(
            destination.Files, [JobSources.Of(Path.Combine(folder, "images"), new SourceOptions())],
            new JobModel(
                model, JobModels.Digest(model, false), detector.Model.Classes.Entries,
                JobOptions.Of(new ModelOptions(), DetectOptions.Default, JobPrecision.AsModel, 50_000_000)),
            new SubmitOptions { ShardSize = ShardSize }, null, CancellationToken.None);
        RunOutcome outcome = await JobRun.RunAsync(
            destination, submitted.Job, detector, null, new RunOptions(), null, CancellationToken.None);
        return outcome.Status.IsComplete
            ? Stopwatch.GetElapsedTime(start).TotalSeconds
            : throw new InvalidOperationException("the job is not complete");
    }

    private static (double Seconds, double Work) Plain(string program, string folder, string list, string model)
    {
        (long start, double work) = (Stopwatch.GetTimestamp(), ChildProcesses.ProcessorSeconds());
        string images = Path.Combine(folder, list), json = Path.Combine(folder, "detect.json");
        End(ChildProcesses.Start(program, "detect", images, "--model", model, "--json", json));
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, ChildProcesses.ProcessorSeconds() - work);
    }

    private static (double Seconds, double Work) Workers(
        string program, string folder, string list, string model, int round)
    {
        string images = Path.Combine(folder, list), output = Path.Combine(folder, Text($"{list}-{round}"));
        // Shards are many, so that both workers have as many images.
        End(ChildProcesses.Start(program, "jobs", "submit", images, "--model", model, "--output", output, "--shard-size", "25"));
        (long start, double work) = (Stopwatch.GetTimestamp(), ChildProcesses.ProcessorSeconds());
        Process[] workers =
        [
            .. Enumerable.Range(1, 2).Select(i => ChildProcesses.Start(
                program, "jobs", "work", output, "--shards", Text($"{i}/2"), "--threads", "1", "--ahead", "2")),
        ];
        Array.ForEach(workers, End);
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, ChildProcesses.ProcessorSeconds() - work);
    }

    private static void End(Process process)
    {
        using (process)
        {
            Task<string> error = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
            process.WaitForExit();
            _ = output.Result;
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"exit code {process.ExitCode}: {error.Result}");
        }
    }

    // Few scenes, many files: drawing them all would take longer than looking at them.
    private static void Scenes(string folder, int images)
    {
        const int Drawn = 32;
        Directory.CreateDirectory(folder);
        var generator = new SceneGenerator();
        for (int i = 0; i < images; i++)
        {
            string file = Path.Combine(folder, Text($"scene-{i:00000}.jpg"));
            if (i < Drawn)
            {
                Scene scene = generator.Render(seed: 1, index: i, 640, 480);
                new PixelFrame(scene.Rgb, 640, 480, 0, PixelFormat.Rgb24).Save(file);
                continue;
            }

            File.Copy(Path.Combine(folder, Text($"scene-{i % Drawn:00000}.jpg")), file);
        }
    }
}
