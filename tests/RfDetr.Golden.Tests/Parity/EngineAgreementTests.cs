using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests.Parity;

/// <summary>Cases that no golden file covers: images that are no squares, and batches.</summary>
[Collection(nameof(LargeNetworks))]
public sealed class EngineAgreementTests
{
    [Theory]
    [InlineData("nano", 128, 224)]
    [InlineData("nano", 192, 96)]
    [InlineData("seg-nano", 144, 60)]
    [Trait("Duration", "Long")]
    public void Host_and_OnnxRuntime_agree_on_images_that_are_no_squares(string variant, int height, int width)
    {
        var formula = new FormulaWeights("oblong");
        ModelConfig config = Variants.Get(variant);
        HostTensor input = formula.Input(1, height, width);

        Dictionary<string, HostTensor> host = Run(config, formula, input, ParityEngine.Host),
        graph = Run(config, formula, input, ParityEngine.OnnxRuntime);

        host["backbone.0"].Shape.ShouldBe([1, config.EncoderWidth, height / config.PatchSize, width / config.PatchSize]);
        host.Keys.ShouldBe(graph.Keys, ignoreOrder: true);
        foreach (string stage in StageNames.InOrder(host.Keys))
            Distance(host[stage], graph[stage], stage).ShouldBeLessThan(2e-5 * Largest(host[stage]), stage);
    }

    [Fact]
    public void Batch_of_three_gives_what_three_single_runs_give()
    {
        HostTensor three = new FormulaWeights("batch").Input(3, 240, 240);
        float[] all = three.ToSingles();
        int length = all.Length / 3;

        Dictionary<string, HostTensor> together =
            Run(FormulaModel.Config, new FormulaWeights("demo"), three, ParityEngine.OnnxRuntime);
        for (int i = 0; i < 3; i++)
        {
            HostTensor one = HostTensor.Of(all[(i * length)..((i + 1) * length)], 1, 3, 240, 240);
            Dictionary<string, HostTensor> alone =
                Run(FormulaModel.Config, new FormulaWeights("demo"), one, ParityEngine.OnnxRuntime);
            foreach (string stage in alone.Keys)
            {
                int size = (int)alone[stage].Count;
                HostTensor part =
                    HostTensor.Of(together[stage].ToSingles().AsSpan(i * size, size).ToArray(), [.. alone[stage].Shape]);
                Distance(alone[stage], part, stage).ShouldBeLessThan(1e-5 * Largest(part), $"{stage} of image {i}");
            }
        }
    }

    private static Dictionary<string, HostTensor> Run(
        ModelConfig config, FormulaWeights formula, HostTensor input, ParityEngine engine) =>
        StageRun.Run(
            backend => new Weights(formula, backend), config, input, StageNames.IsUsual, new ParityOptions { Engine = engine });

    // These salts have equal query rows, so that rows of queries are a set.
    private static double Distance(HostTensor expected, HostTensor actual, string stage)
    {
        actual.Shape.ShouldBe(expected.Shape);
        if (!StageNames.HasQueryRows(stage))
            return RowSets.MaxDifference(expected.ToSingles(), actual.ToSingles());
        int batch = expected.Shape[0], rows = expected.Shape[1], length = (int)(expected.Count / batch / rows);
        return RowSets.NearestRows(expected.ToSingles(), actual.ToSingles(), batch, rows, rows, length).Max();
    }

    private static double Largest(HostTensor tensor) => tensor.ToSingles().Max(MathF.Abs);
}
