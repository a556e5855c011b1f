using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Tests.Conformance;

/// <summary>
/// Gradients of every operation on libtorch: against differences of the operation itself, and kernels against the operation
/// written out.
/// </summary>
public sealed class GradientTests
{
    private const int Checked = 60;

    public static TheoryData<string> Differentiable() =>
        [
            .. Cases.All.Where(c =>
                c.Op.Infer([.. c.Inputs.Select((_, i) => c.Type(i, symbolic: false))]).DType.IsFloat()
                    && c.Inputs.Any(i => i.DType.IsFloat())).Select(c => c.Name)
        ];

    [SkippableTheory]
    [MemberData(nameof(Differentiable))]
    public void Are_what_differences_say(string caseName)
    {
        ConformanceBackend.Require(ConformanceBackend.Libtorch);
        ConformanceCase @case = Cases.All.Single(c => c.Name == caseName);
        using var scope = new TorchScope();
        using var backend = new TorchBackend(new() { Precision = ScalarType.Float64 });
        TorchTensor[] inputs = Inputs(@case);
        TorchTensor weights = Weights(backend, @case, inputs);

        double[]?[] gradients = Gradients(inputs, Weighted(backend.Apply(@case.Op, Wrap(backend, inputs)), weights));

        double largest = gradients.Max(g => g?.Max(Math.Abs) ?? 0);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (gradients[i] is not { } gradient)
                continue;
            for (int k = 0; k < gradient.Length; k += Math.Max(1, gradient.Length / Checked))
                gradient[k].ShouldBe(Difference(i, k), 1e-5 * largest + 1e-8, $"element {k} of input {i}");
        }

        double Difference(int input, int element)
        {
            const double step = 1e-6;
            Span<double> values = inputs[input].AsSpan<double>();
            double at = values[element];
            values[element] = at + step;
            double above = Value();
            values[element] = at - step;
            double below = Value();
            values[element] = at;
            return (above - below) / (2 * step);
        }

        double Value()
        {
            using var inner = new TorchScope();
            using var grad = TorchRuntime.NoGrad();
            return Weighted(backend.Apply(@case.Op, Wrap(backend, inputs)), weights).Item();
        }
    }

    [SkippableFact]
    public void Of_kernels_are_those_of_the_operation_written_out()
    {
        ConformanceBackend.Require(ConformanceBackend.Libtorch);
        int compared = 0;
        foreach (ConformanceCase @case in Cases.All)
        {
            using var scope = new TorchScope();
            using var backend = new TorchBackend(new() { Precision = ScalarType.Float64 });
            if (@case.Op is not DerivedOp derived || !backend.Supports(derived))
                continue;
            compared++;
            TorchTensor[] inputs = Inputs(@case);
            TorchTensor weights = Weights(backend, @case, inputs);

            double[]?[] kernel = Gradients(inputs, Weighted(backend.Apply(derived, Wrap(backend, inputs)), weights));
            double[]?[] written = Gradients(inputs, Weighted(derived.Decompose(Wrap(backend, inputs)), weights));

            for (int i = 0; i < inputs.Length; i++)
            {
                double[] a = kernel[i].ShouldNotBeNull(@case.Name), b = written[i].ShouldNotBeNull(@case.Name);
                // The written-out forms hold their constants (√2, 1/√size, ε) in single precision.
                double allowed = 1e-6 * Math.Max(1, b.Max(Math.Abs));
                for (int k = 0; k < a.Length; k++)
                    a[k].ShouldBe(b[k], allowed, $"{@case.Name}: element {k} of input {i}");
            }
        }

        compared.ShouldBeGreaterThan(15);
    }

    // A little off the given values: not on the kinks of max, ReLU and sampling, where differences say nothing.
    private static TorchTensor[] Inputs(ConformanceCase @case) => [.. @case.Inputs.Select((data, i) =>
    {
        if (!data.DType.IsFloat())
            return TorchTensor.From(data.Span<long>(), Sizes(data));
        float[] values = data.ToSingles();
        float[] off = Cases.Random($"off{i}", values.Length).ToSingles();
        TorchTensor tensor = TorchTensor.From([.. values.Select((v, k) => v + 0.015 + 0.005 * off[k])], Sizes(data));
        tensor.RequiresGrad = true;
        return tensor;
    })];

    private static TorchTensor Weights(TorchBackend backend, ConformanceCase @case, TorchTensor[] inputs)
    {
        TorchTensor result = TorchBackend.Unwrap(backend.Apply(@case.Op, Wrap(backend, inputs)));
        return TorchTensor.From([.. Cases.Random("weights", (int)result.Count).ToSingles().Select(v => (double)v)], result.Shape);
    }

    private static Tensor[] Wrap(TorchBackend backend, TorchTensor[] inputs) => [.. inputs.Select(backend.Wrap)];

    private static TorchTensor Weighted(Tensor value, TorchTensor weights) => (TorchBackend.Unwrap(value) * weights).Sum();

    private static double[]?[] Gradients(TorchTensor[] inputs, TorchTensor sum)
    {
        TorchTensor[] leaves = [.. inputs.Where(i => i.RequiresGrad)];
        var found = new Queue<TorchTensor?>(sum.GradientsOf(leaves));
        return [.. inputs.Select(i => i.RequiresGrad ? found.Dequeue()?.ToArray<double>() ?? new double[i.Count] : null)];
    }

    private static long[] Sizes(HostTensor data) => [.. data.Shape.Select(size => (long)size)];
}
