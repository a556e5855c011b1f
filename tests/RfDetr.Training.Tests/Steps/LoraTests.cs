using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Steps;

/// <summary>Adapters by themselves: how the gradient of a merged weight becomes theirs.</summary>
public sealed class LoraTests
{
    private const string Name = "backbone.0.encoder.encoder.encoder.layer.0.attention.attention.query.weight";

    [Theory]
    [InlineData(false, "lora_A")]
    [InlineData(false, "lora_B")]
    [InlineData(true, "magnitude")]
    public void Gradients_are_those_of_differences(bool magnitudes, string part)
    {
        using var scope = new TorchScope();
        TorchRuntime.ManualSeed(1);
        TorchTensor weight = TorchTensor.Randn([5, 4], ScalarType.Float64),
        factors = TorchTensor.Randn([5, 4], ScalarType.Float64);
        weight.RequiresGrad = true;
        using var adapters = new LoraAdapters(
            new AdapterOptions { Kind = magnitudes ? AdapterKind.Dora : AdapterKind.Lora, Rank = 2, Alpha = 3 },
            [new(Name, weight)]);
        using (TorchRuntime.NoGrad())
            _ = adapters.Adapters[0].B.Normal_();
        TorchTensor trained = adapters.Trained.Single(t => t.Name.Contains(part, StringComparison.Ordinal)).Value;
        adapters.Write();
        (weight * weight * factors).Sum().Backward();
        adapters.Backward();
        weight.Grad.ShouldBeNull();
        double[] gradient = trained.Grad!.ToArray<double>();
        for (int i = 0; i < gradient.Length; i++)
            gradient[i].ShouldBe((Loss(i, 1e-6) - Loss(i, -1e-6)) / 2e-6, 1e-6);

        double Loss(int index, double move)
        {
            using var inner = new TorchScope();
            using GradMode guard = TorchRuntime.NoGrad();
            Span<double> values = trained.AsSpan<double>();
            double before = values[index];
            values[index] += move;
            adapters.Write();
            values[index] = before;
            return (weight * weight * factors).Sum().Item();
        }
    }

    [Fact]
    public void A_network_without_attention_is_refused() =>
        Should.Throw<ArgumentException>(() =>
            new LoraAdapters(new AdapterOptions(), [])).Message.ShouldContain("no encoder attention");
}
