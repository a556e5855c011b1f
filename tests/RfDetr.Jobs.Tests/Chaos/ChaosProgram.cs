using System.Diagnostics;
using System.Globalization;

namespace RfDetr.Jobs.Tests;

/// <summary>
/// A worker in a process of its own, for tests that kill it: the product's worker on an engine that takes its time and dies of
/// one kind of image. <c>dotnet RfDetr.Jobs.Tests.dll work|repair DEST BROKER</c>.
/// </summary>
internal static class ChaosProgram
{
    /// <summary>The variable that makes the engine die, by SIGKILL, of images that are nothing but magenta.</summary>
    public const string PoisonVariable = "RFDETR_TEST_POISON";

    /// <summary>The variable with the milliseconds that each image takes longer.</summary>
    public const string DelayVariable = "RFDETR_TEST_DELAY_MS";

    public static async Task<int> Main(string[] args)
    {
        try
        {
            var notices = new Lines();
            await using IJobBroker broker = Destinations.BrokerOf(args[2], notices)!;
            await using Destination destination = await Destinations.OpenAsync(args[1], null, CancellationToken.None);
            JobDefinition job = await JobDefinition.OpenAsync(destination.Files, CancellationToken.None);
            using Detector detector = Detector.Load("demo", engine: new Engine.Custom(
                package => new PoisonedEngine(new Engine.Cpu { Threads = 1 }.Start(package))));
            await (args[0] == "work"
                ? WorkAsync(destination, job, detector, broker)
                : RepairAsync(destination, job, detector, broker));
            return 0;
        }
        catch (JobException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static Task WorkAsync(Destination destination, JobDefinition job, Detector detector, IJobBroker broker) =>
        JobRun.RunAsync(
            destination, job, detector, broker, new RunOptions { UntilDone = true, Look = TimeSpan.FromSeconds(2) }, null,
            CancellationToken.None);

    private static async Task RepairAsync(Destination destination, JobDefinition job, Detector detector, IJobBroker broker)
    {
        using var metrics = new JobMetrics(job.Name);
        Manifest manifest = await Manifest.OpenAsync(destination.Files, job, CancellationToken.None);
        await using IShardResults results = await destination.OpenResults(job, CancellationToken.None);
        await BrokerDead.CollectAsync(broker, destination.Files, results, job, CancellationToken.None);
        var repair = new ShardRepair(destination.Files, results, job, manifest, detector, new WorkerOptions(), metrics);
        await repair.RunAsync(ShardShare.All, null, CancellationToken.None);
    }

    private sealed class Lines : IProgress<string>
    {
        public void Report(string value) => Console.Out.WriteLine(value);
    }

    private sealed class PoisonedEngine(INetworkEngine inner) : INetworkEngine
    {
        private readonly bool _dies = Environment.GetEnvironmentVariable(PoisonVariable) is not null;
        private readonly int _delay = int.Parse(
            Environment.GetEnvironmentVariable(DelayVariable) ?? "0", CultureInfo.InvariantCulture);

        public string Description => inner.Description;

        public NetworkContract Contract => inner.Contract;

        public INetworkRun Rent(int batch) => new Run(inner.Rent(batch), batch, _dies, _delay);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Run(INetworkRun inner, int batch, bool dies, int delay) : INetworkRun
    {
        public Span<float> Input(int image) => inner.Input(image);

        public void Execute(CancellationToken cancellationToken)
        {
            for (int i = 0; i < batch && dies; i++)
            {
                if (IsMagenta(inner.Input(i)))
                    Process.GetCurrentProcess().Kill();
            }

            Thread.Sleep(delay * batch);
            inner.Execute(cancellationToken);
        }

        public ReadOnlySpan<float> Output(string name, int image) => inner.Output(name, image);

        public void Dispose() => inner.Dispose();

        // Planes of red, green and blue: two high, the middle one low, each of one value.
        private static bool IsMagenta(ReadOnlySpan<float> input)
        {
            int plane = input.Length / 3;
            (float Least, float Most) r = Range(input[..plane]), g = Range(input[plane..(2 * plane)]);
            (float Least, float Most) b = Range(input[(2 * plane)..]);
            const float Same = 0.01f;
            return r.Most - r.Least < Same && g.Most - g.Least < Same && b.Most - b.Least < Same
                && r.Least - g.Most > 0.9f && b.Least - g.Most > 0.9f;
        }

        private static (float Least, float Most) Range(ReadOnlySpan<float> values)
        {
            (float least, float most) = (values[0], values[0]);
            foreach (float value in values)
                (least, most) = (Math.Min(least, value), Math.Max(most, value));
            return (least, most);
        }
    }
}
