using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Bench;

/// <summary>
/// The network alone: the plain graph that a tracer writes and our exports in one ONNX Runtime, and our own engine, run in turn.
/// </summary>
internal static class NetworkBench
{
    private const int WarmUp = 3;

    public static void Run(string variant, int rounds, int threads)
    {
        ModelConfig config = Variants.Get(variant);
        var formula = new FormulaWeights("golden");
        NetworkGraph graph = InferenceGraph.Record(b => new Weights(formula, b), config, config.Resolution, config.Resolution);
        HostTensor input = formula.Input(1, config.Resolution, config.Resolution);
        Contestant[] all =
        [
            Contestant.InOnnxRuntime("plain (as traced)", graph, input, new() { Optimize = false }, threads),
            Contestant.InOnnxRuntime("ours, portable", graph, input, new(), threads),
            Contestant.InOnnxRuntime(
                "ours, onnxruntime dialect", graph, input, new() { Dialect = OnnxDialect.OnnxRuntime }, threads),
            Contestant.OnOwnEngine("our own engine", graph, input, new() { Threads = threads }),
        ];
        Contestant.Interleave(all, rounds);
        Console.WriteLine(
            $"\nnetwork only: {variant} at {config.Resolution}², batch 1, {threads} threads, spinning between runs off, "
                + $"{rounds} interleaved rounds");
        Contestant.Report(all);
    }

    /// <summary>
    /// Products of 8-bit integers against those of floats, in our own engine and in ONNX Runtime; every block that may be is in
    /// int8.
    /// </summary>
    public static void RunInt8(string variant, int rounds, int threads)
    {
        ModelConfig config = Variants.Get(variant);
        var formula = new FormulaWeights("golden");
        NetworkGraph graph = InferenceGraph.Record(b => new Weights(formula, b), config, config.Resolution, config.Resolution);
        HostTensor input = formula.Input(1, config.Resolution, config.Resolution);
        var inRuntime = new ExportOptions { Dialect = OnnxDialect.OnnxRuntime };
        ExportOptions int8 =
            inRuntime with { Precision = ExportPrecision.Int8, IsInt8 = name => QuantizationBlocks.Of(name) is not null };
        Contestant[] all =
        [
            Contestant.OnOwnEngine("our own engine, float", graph, input, new() { Threads = threads }),
            Contestant.OnOwnEngine("our own engine, int8", graph, input, new() { Threads = threads, Int8 = AllInInt8(config) }),
            Contestant.OnOwnEngine(
                "our own engine, int8, 7 bits", graph, input,
                new() { Threads = threads, Int8 = AllInInt8(config) with { ActivationBits = 7 } }),
            Contestant.InOnnxRuntime("ONNX Runtime, float", graph, input, inRuntime, threads),
            Contestant.InOnnxRuntime("ONNX Runtime, int8, signed weights", graph, input, int8, threads),
            Contestant.InOnnxRuntime(
                "ONNX Runtime, int8, unsigned weights", graph, input, int8 with { Int8Weights = Int8WeightForm.Unsigned },
                threads),
        ];
        Contestant.Interleave(all, rounds);
        Console.WriteLine($"\nint8: {variant} at {config.Resolution}², batch 1, {threads} threads, {rounds} interleaved rounds");
        Contestant.Report(all);
    }

    /// <summary>Prints the time of our own engine by kind of step.</summary>
    /// <param name="variant">The network.</param>
    /// <param name="rounds">Number of runs.</param>
    /// <param name="threads">Of one run.</param>
    /// <param name="int8Bits">Bits of activations in int8; 0: everything in float.</param>
    public static void Profile(string variant, int rounds, int threads, int int8Bits = 0)
    {
        ModelConfig config = Variants.Get(variant);
        var formula = new FormulaWeights("golden");
        NetworkGraph graph = InferenceGraph.Record(b => new Weights(formula, b), config, config.Resolution, config.Resolution);
        using CpuNetwork network = CpuNetwork.Compile(
            graph,
            new CpuOptions
            {
                Threads = threads,
                Int8 = int8Bits > 0 ? AllInInt8(config) with { ActivationBits = int8Bits } : null
            });
        using CpuRun run = network.Rent();
        formula.Input(1, config.Resolution, config.Resolution).CopyTo(run[OutputNames.Input].Floats);
        _ = run.Profile(WarmUp);
        Console.WriteLine(
            $"\n{variant} at {config.Resolution}², {threads} threads, "
                + $"{network.Options.InstructionSet}{(int8Bits > 0 ? $", int8 of {int8Bits} bits" : "")}; {network.Summarize()}");
        foreach (StepTime time in run.Profile(rounds))
            Console.WriteLine(
                $"{time.Kind,-32} {time.Steps,4} steps {time.Ms,9:F2} ms "
                    + $"{(time.GigaOperations > 0 ? $"{time.GigaOperations / time.Ms * 1000,8:F1} GFLOP/s" : "")}");
    }

    /// <summary>Every product that may be in int8, with scales of each row.</summary>
    internal static Int8Products AllInInt8(ModelConfig config)
    {
        var list = new ParameterList();
        _ = new RfDetrNetwork(new Weights(list, new ShapeBackend()), config);
        return new()
        {
            Weights = list.Parameters.Select(p => p.Name).Where(n => QuantizationBlocks.Of(n) is not null).ToHashSet()
        };
    }
}
