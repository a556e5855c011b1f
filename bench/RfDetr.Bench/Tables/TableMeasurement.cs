using System.Diagnostics;
using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Bench;

/// <summary>Measures one row: all engines and precisions in turn, round by round, until the time is over.</summary>
internal static class TableMeasurement
{
    private const int WarmUp = 1, LeastRounds = 3, MostRounds = 60;

    public static TableRow Run(TableArguments a)
    {
        long start = Stopwatch.GetTimestamp();
        MachineCounters before = MachineCounters.Read();
        ModelConfig? variant = Variants.All.FirstOrDefault(v => v.Variant == a.Model);
        var formula = new FormulaWeights("golden");
        using CheckpointPackage? trained = variant is null
            ? CheckpointPackage.OpenCheckpoint(ModelReference.Parse(a.Model), new ModelOptions())
            : null;
        ModelConfig config = variant ?? trained!.Config;
        NetworkGraph graph = InferenceGraph.Record(
            trained is not null ? trained.Weights : (b => new Weights(formula, b)), config, config.Resolution, config.Resolution);
        HostTensor input = formula.Input(1, config.Resolution, config.Resolution);

        // A trained model says itself what may be in int8; formula weights have nothing to lose.
        Int8Products[] int8 =
            trained is null ? [NetworkBench.AllInInt8(config), NetworkBench.AllInInt8(config) with { ActivationBits = 7 }]
            : trained.Info.Quantization?.ToProducts(trained.Checkpoint.Names) is { } own ? [own] : [];
        var missing = new List<string>();
        List<TableContestant> all = Open(graph, input, a.Threads, int8, missing);
        if (all.Count == 0)
            throw new InvalidOperationException($"'{a.Model}' runs on no engine here: {string.Join("; ", missing)}");
        try
        {
            Measure(all, start, a.Seconds);
            TableEntry[] entries = [.. all.Select(c => Entry(c, all[0], a))];
            MachineCounters after = MachineCounters.Read();
            return new(
                Path.GetFileNameWithoutExtension(a.Model), trained is not null, config.Resolution, config.Resolution,
                config.SegmentationHead, a.Threads, DateTimeOffset.UtcNow,
                Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 1), MachineCounters.OthersShare(before, after),
                EnvironmentProbe.Look(
                    $"ONNX Runtime {OnnxRuntimePackage.Load().Version}", new Engine.OnnxRuntime { Threads = a.Threads }),
                entries, missing);
        }
        finally
        {
            all.ForEach(c => c.Dispose());
        }
    }

    private static List<TableContestant> Open(
        NetworkGraph graph, HostTensor input, int threads, IReadOnlyList<Int8Products> int8, List<string> missing)
    {
        var all = new List<TableContestant>();
        foreach ((string name, Func<TableContestant> open) in TableContestant.All(graph, input, threads, int8))
        {
            try
            {
                TableContestant one = open();
                for (int i = 0; i < WarmUp; i++)
                    one.Run();
                all.Add(one);
            }
            catch (Exception e) when (e is OnnxRuntimeException or NotSupportedException or OnnxFormatException)
            {
                missing.Add($"{name}: {e.Message}");
            }
        }

        return all;
    }

    // Loading counts as well: a row shall take as long as it was given, whatever the model.
    private static void Measure(List<TableContestant> all, long start, double seconds)
    {
        for (
            int round = 0; round < MostRounds && (round < LeastRounds || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
            round++)
        {
            double quickest = round == 0 ? 0 : all.Min(c => c.Samples.Median);
            foreach (TableContestant one in all.Where(c => c == all[0] || c.IsWorthMore(quickest)))
            {
                long from = Stopwatch.GetTimestamp();
                one.Run();
                one.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }
        }
    }

    private static TableEntry Entry(TableContestant c, TableContestant baseline, TableArguments a) => new(
        c.Engine, c.Precision, c.Rounds, Round(c.Samples.Median), Round(c.Samples.Quantile(0)), Round(c.Samples.Quantile(0.9)),
        Round(c.Samples.Median / baseline.Samples.Median), Round(c.Samples.RatioTo(baseline.Samples)),
        a.Data is null || c.Options is null ? null : TableAccuracy.Of(a.Model, c.Options, a.Data, a.Split, a.Images));

    private static double Round(double value) => Math.Round(value, 4);
}
