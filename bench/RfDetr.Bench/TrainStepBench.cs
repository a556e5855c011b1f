using System.Diagnostics;
using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Bench;

/// <summary>
/// Forward and backward of a network in training form (all query groups, every layer, the two-stage step) on libtorch, under a
/// loss that costs nothing: what <c>bench/torch/step.py</c> does with the same operations from Python.
/// </summary>
internal static class TrainStepBench
{
    public static void Run(string variant, int rounds)
    {
        ModelConfig config = Variants.Get(variant);
        var formula = new FormulaWeights("bench");
        using var backend = new TorchBackend();
        var network = new RfDetrNetwork(new Weights(formula, backend), config);
        HostTensor input = formula.Input(2, config.Resolution, config.Resolution);
        using TorchTensor images = TorchTensor.From(input.Span<float>(), [2, 3, config.Resolution, config.Resolution]);
        Samples forward = new("forward"), backward = new("backward"), both = new("both");
        for (int round = -2; round < rounds; round++)
        {
            using var scope = new TorchScope();
            long start = Stopwatch.GetTimestamp();
            TorchTensor loss = Loss(
                network.Forward(backend.Images(images), new() { Groups = config.GroupDetr, EveryLayer = true, TwoStage = true }));
            long middle = Stopwatch.GetTimestamp();
            loss.Backward();
            long end = Stopwatch.GetTimestamp();
            foreach (TorchTensor parameter in backend.Parameters.Values)
                parameter.Grad = null;
            if (round < 0)
                continue;
            forward.Add(Stopwatch.GetElapsedTime(start, middle).TotalMilliseconds);
            backward.Add(Stopwatch.GetElapsedTime(middle, end).TotalMilliseconds);
            both.Add(Stopwatch.GetElapsedTime(start, end).TotalMilliseconds);
        }

        Console.WriteLine(Invariant.Text(
            $"train-step {variant}, batch 2, {config.GroupDetr} groups, libtorch {TorchRuntime.Version}, "
                + $"{TorchRuntime.Threads} threads: forward {forward.Median:f0} ms, backward {backward.Median:f0} ms, both "
                + $"{both.Median:f0} ms (min {both.Quantile(0):f0})"));
    }

    private static TorchTensor Loss(NetworkOutput output)
    {
        TorchTensor sum = TorchTensor.Zeros([]);
        foreach (LayerOutput layer in output.Layers.Append(output.TwoStage!))
            sum = sum + TorchBackend.Unwrap(layer.Logits).Sum() + TorchBackend.Unwrap(layer.Boxes).Sum();
        return sum;
    }
}
