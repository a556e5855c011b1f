using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Optimization;

/// <summary>AdamW, the averages and clipping against the same formulas in plain C#.</summary>
public sealed class AdamWTests
{
    private static readonly OptimizerOptions Options = new();

    [Theory]
    [InlineData(nameof(ScalarType.Float64), false, 1e-14)]
    [InlineData(nameof(ScalarType.Float64), true, 1e-14)]
    [InlineData(nameof(ScalarType.Float32), false, 1e-6)]
    [InlineData(nameof(ScalarType.Float32), true, 1e-6)]
    public void Steps_are_those_of_the_paper(string name, bool listKernels, double tolerance)
    {
        ScalarType type = Enum.Parse<ScalarType>(name);
        using var scope = new TorchScope();
        var random = new Random(1);

        // One tensor longer than a chunk, one shorter than a vector, one with other rates.
        (int Count, double Rate, double Decay)[] kinds = [(AdamWKernel.Chunk + 13, 1e-2, 1e-4), (3, 1e-2, 1e-4), (100, 3e-3, 0)];
        double[][] wanted = [.. kinds.Select(k => Values(random, k.Count))];
        TrainedTensor[] tensors = [.. kinds.Select((k, i) => Trained($"tensor {i}", wanted[i], k.Rate, k.Decay, type))];
        double[][] first = [.. kinds.Select(k => new double[k.Count])], second = [.. kinds.Select(k => new double[k.Count])];
        using var optimizer = new AdamW(Options, tensors, listKernels);
        for (int step = 1; step <= 4; step++)
        {
            (double factor, double scale) = (1.0 / step, 0.5);
            for (int i = 0; i < kinds.Length; i++)
            {
                double[] gradient = Values(random, kinds[i].Count);
                tensors[i].Value.Grad = TorchTensor.From(gradient, [gradient.Length]).To(type);
                Plain(wanted[i], gradient, first[i], second[i], kinds[i].Rate * factor, kinds[i].Decay, scale, step);
            }

            optimizer.Step(factor, scale);
        }

        for (int i = 0; i < kinds.Length; i++)
        {
            optimizer.States[i]!.Step.ShouldBe(4);
            Agree(tensors[i].Value, wanted[i], tolerance);
            Agree(optimizer.States[i]!.FirstMoment, first[i], tolerance);
            Agree(optimizer.States[i]!.SecondMoment, second[i], tolerance);
        }
    }

    [Fact]
    public void Frozen_tensors_and_those_without_gradient_stay_to_the_bit()
    {
        using var scope = new TorchScope();
        TrainedTensor[] tensors =
        [
            .. Enumerable.Range(0, 3).Select(i => Trained($"t{i}", Values(new Random(i), 5), 1, 1, ScalarType.Float32))
        ];
        float[][] before = [.. tensors.Select(t => t.Value.ToArray<float>())];
        tensors[0].Value.Grad = TorchTensor.Ones([5]);
        tensors[1].Value.Grad = TorchTensor.Ones([5]);
        using var optimizer = new AdamW(Options, tensors);
        optimizer.Step(1, 1, group => group.Name == "t1");
        tensors[0].Value.ToArray<float>().ShouldNotBe(before[0]);
        tensors[1].Value.ToArray<float>().ShouldBe(before[1]);
        tensors[2].Value.ToArray<float>().ShouldBe(before[2]);
        optimizer.States.Select(s => s is null).ShouldBe([false, true, true]);
    }

    [Fact]
    public void A_restored_state_goes_on_to_the_bit()
    {
        using var scope = new TorchScope();
        float[] straight = Run(resume: false), resumed = Run(resume: true);
        resumed.ShouldBe(straight);

        static float[] Run(bool resume)
        {
            TrainedTensor[] tensors = [Trained("w", Values(new Random(4), 50), 1e-2, 1e-2, ScalarType.Float32)];
            AdamW optimizer = new(Options, tensors);
            for (int step = 0; step < 6; step++)
            {
                if (step == 3 && resume)
                {
                    AdamW next = new(Options, tensors);
                    next.Restore(optimizer.States[0]!);
                    optimizer.Dispose();
                    optimizer = next;
                }

                tensors[0].Value.Grad = TorchTensor.From(Values(new Random(100 + step), 50), [50]).To(ScalarType.Float32);
                optimizer.Step(1, 1);
            }

            optimizer.Dispose();
            return tensors[0].Value.ToArray<float>();
        }
    }

    [Fact]
    public void A_state_that_does_not_fit_is_named()
    {
        using var scope = new TorchScope();
        using var optimizer = new AdamW(Options, [Trained("w", [1, 2], 1, 0, ScalarType.Float32)]);
        Should.Throw<ArgumentException>(() =>
            optimizer.Restore(new("v", 1, TorchTensor.Zeros([2]), TorchTensor.Zeros([2]))))
            .Message.ShouldContain("'v' belongs to no tensor");
        Should.Throw<ArgumentException>(() =>
            optimizer.Restore(new("w", 1, TorchTensor.Zeros([2]), TorchTensor.Zeros([3]))))
            .Message.ShouldBe("optimizer state 'w' has shape [3], the tensor [2]");
    }

    [Theory]
    [InlineData(nameof(ScalarType.Float32), 1e-6)]
    [InlineData(nameof(ScalarType.Float64), 1e-15)]
    [InlineData(nameof(ScalarType.BFloat16), 1e-1)]
    public void The_average_follows_the_weights(string name, double tolerance)
    {
        ScalarType type = Enum.Parse<ScalarType>(name);
        using var scope = new TorchScope();
        var random = new Random(6);
        double[] value = Values(random, 37), average = [.. value];
        TorchTensor weight = TorchTensor.From(value, [37]).To(type);
        using var ema = new Ema(new EmaOptions(), [("w", weight)]);
        for (int update = 1; update <= 5; update++)
        {
            value = Values(random, 37);
            _ = weight.Copy_(TorchTensor.From(value, [37]));
            double decay = 0.993 * (1 - Math.Exp(-update / 100.0));
            average = [.. average.Zip(value, (a, v) => a * decay + v * (1 - decay))];
            ema.Update();
        }

        ema.Updates.ShouldBe(5);
        Agree(ema.Averages[0].Value, average, tolerance);
        Should.Throw<ArgumentException>(() => new Ema(new EmaOptions { Decay = 1 }, [])).Message.ShouldContain("EMA decay is 1");
    }

    [Fact]
    public void Clipping_is_PyTorchs()
    {
        using var scope = new TorchScope();
        GradientClip.Norm([TorchTensor.From(3f, 0), TorchTensor.From([4f], [1, 1])]).Item().ShouldBe(5, 1e-6);
        GradientClip.Factor(5, 0.1).ShouldBe(0.1 / (5 + 1e-6), 1e-15);
        GradientClip.Factor(0.05, 0.1).ShouldBe(1);
        GradientClip.Factor(5, 0).ShouldBe(1);
    }

    [Fact]
    public void The_loss_scale_halves_on_overflow_and_doubles_after_a_while()
    {
        var scaler = new LossScaler();
        scaler.Update(finite: false);
        scaler.Scale.ShouldBe(32768);
        for (int i = 0; i < LossScaler.GrowthInterval; i++)
            scaler.Update(finite: true);
        scaler.Scale.ShouldBe(65536);
        scaler.FiniteSteps.ShouldBe(0);
    }

    private static void Plain(
        double[] p, double[] gradient, double[] m, double[] v, double rate, double decay, double scale, int step)
    {
        for (int i = 0; i < p.Length; i++)
        {
            double g = gradient[i] * scale;
            p[i] -= rate * decay * p[i];
            m[i] = 0.9 * m[i] + 0.1 * g;
            v[i] = 0.999 * v[i] + 0.001 * g * g;
            p[i] -= rate * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
        }
    }

    private static double[] Values(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];

    private static TrainedTensor Trained(string name, double[] values, double rate, double decay, ScalarType type) =>
        new(new ParameterGroup(name, rate, decay, null), TorchTensor.From(values, [values.Length]).To(type));

    private static void Agree(TorchTensor found, double[] wanted, double tolerance)
    {
        double[] values = found.To(ScalarType.Float64).ToArray<double>();
        values.Zip(wanted, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(tolerance);
    }
}
