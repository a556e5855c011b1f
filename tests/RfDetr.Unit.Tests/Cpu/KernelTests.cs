using RfDetr.Cpu;
using RfDetr.Tensors;

namespace RfDetr.Tests.Cpu;

/// <summary>Row kernels and functions on every instruction set, against double precision.</summary>
public sealed unsafe class KernelTests
{
    public static TheoryData<string> Sets => [.. InstructionSets.Available.Select(set => set.ToString())];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Functions_are_as_exact_as_they_say(string name)
    {
        InstructionSet set = Enum.Parse<InstructionSet>(name);
        float[] x = [.. Enumerable.Range(-4000, 8001).Select(i => i / 400f)];
        Largest(set, UnaryFunction.Exp, x, Math.Exp, relative: true).ShouldBeLessThan(3e-7);
        Largest(set, UnaryFunction.Erf, x, ErrorFunction.Erf, relative: false).ShouldBeLessThan(4e-7);
        Largest(set, UnaryFunction.Sigmoid, x, v => 1 / (1 + Math.Exp(-v)), relative: false).ShouldBeLessThan(2e-7);
        Largest(set, UnaryFunction.Sin, x, Math.Sin, relative: false).ShouldBeLessThan(2e-7);
        Largest(set, UnaryFunction.Cos, x, Math.Cos, relative: false).ShouldBeLessThan(2e-7);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Exp_ends_where_float32_does(string name)
    {
        InstructionSet set = Enum.Parse<InstructionSet>(name);
        float[] y = Map(
            set, UnaryFunction.Exp,
            [
                .. Enumerable.Repeat(-1000f, 16), .. Enumerable.Repeat(1000f, 16), .. Enumerable.Repeat(float.NaN, 16),
                float.NegativeInfinity, 0
            ]);
        y[..16].ShouldAllBe(v => v >= 0 && v < 2e-38f);
        y[16..32].ShouldAllBe(v => float.IsPositiveInfinity(v));
        y[32..48].ShouldAllBe(v => float.IsNaN(v));
        y[^1].ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Rows_of_any_length_are_normalized(string name)
    {
        InstructionSet set = Enum.Parse<InstructionSet>(name);
        KernelSet kernels = KernelSet.For(set);
        for (int n = 1; n <= 67; n++)
        {
            float[] x = Values("x", n), weight = Values("w", n), bias = Values("b", n), y = new float[n];
            fixed (float* px = x, pw = weight, pb = bias, py = y)
                kernels.Norm(px, pw, pb, 1e-6f, UnaryFunction.Same, py, n);
            double mean = x.Average(v => (double)v), variance = x.Average(v => (v - mean) * (v - mean));
            for (int i = 0; i < n; i++)
                ((double)y[i]).ShouldBe((x[i] - mean) / Math.Sqrt(variance + 1e-6) * weight[i] + bias[i], 5e-6, $"{i} of {n}");
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Rows_of_any_length_sum_to_one_after_softmax(string name)
    {
        InstructionSet set = Enum.Parse<InstructionSet>(name);
        KernelSet kernels = KernelSet.For(set);
        for (int n = 1; n <= 40; n++)
        {
            float[] x = [.. Values("s", n).Select(v => v * 20)], y = new float[n];
            fixed (float* px = x, py = y)
                kernels.Softmax(px, py, n);
            double largest = x.Max(), sum = x.Sum(v => Math.Exp(v - largest));
            for (int i = 0; i < n; i++)
                ((double)y[i]).ShouldBe(Math.Exp(x[i] - largest) / sum, 1e-6);
        }
    }

    [Fact]
    public void The_largest_values_come_in_the_host_s_order()
    {
        for (int n = 1; n < 400; n += 13)
        {
            // Few distinct values: the order among equals is what is tested.
            float[] x = [.. Values($"t{n}", n).Select(v => MathF.Round(v * 5))];
            if (n > 3)
                (x[1], x[2], x[3]) = (float.NaN, -0f, 0f);
            foreach (int k in new[] { 1, n / 3, n - 1, n }.Where(k => k > 0))
            {
                var host = new HostBackend();
                long[] expected = HostBackend.Read(host.Constant(HostTensor.Of(x, 1, n)).TopKIndices(k)).Span<long>().ToArray();
                var graph = new RfDetr.Graph.GraphBackend();
                Tensor top = graph.Input("x", TensorType.Float([1, n])).TopKIndices(k);
                CpuRuns.Run(
                    graph.Finish([("y", top)]), new Dictionary<string, HostTensor> { ["x"] = HostTensor.Of(x, 1, n) },
                    new CpuOptions { Threads = 1 })["y"]
                    .Span<long>().ToArray().ShouldBe(expected, $"{k} of {n}");
            }
        }
    }

    private static double Largest(
        InstructionSet set, UnaryFunction function, float[] x, Func<double, double> exact, bool relative)
    {
        float[] y = Map(set, function, x);
        return x.Select((v, i) => Math.Abs(y[i] - exact(v)) / (relative ? Math.Abs(exact(v)) : 1)).Max();
    }

    private static float[] Map(InstructionSet set, UnaryFunction function, float[] x)
    {
        var y = new float[x.Length];
        fixed (float* px = x, py = y)
            KernelSet.For(set).Map(function, px, 1, py, x.Length);
        return y;
    }

    private static float[] Values(string key, int count)
    {
        var values = new float[count];
        FormulaWeights.Fill(key, values);
        return values;
    }
}
