using RfDetr.Tensors;

namespace RfDetr.Tests.Model;

/// <summary>The check values of the golden data's formula.</summary>
public sealed class FormulaWeightsTests
{
    [Fact]
    public void Uniform_numbers_are_those_of_the_description()
    {
        FormulaWeights.Uniform("golden:input", 0).ShouldBe(-0.6183227300643921);
        FormulaWeights.Uniform("golden:input", 1).ShouldBe(-0.8019700050354004);
        FormulaWeights.Uniform("golden:class_embed.bias", 90).ShouldBe(-0.9076818227767944);
        var values = new float[2];
        FormulaWeights.Fill("golden:input", values);
        values.ShouldBe([-0.61832273f, -0.80197f]);
    }

    [Fact]
    public void Parameters_are_those_of_the_description()
    {
        var formula = new FormulaWeights("golden");
        At(formula.Create("class_embed.bias", [91]), 90).ShouldBe(-2.453841f, 5e-7f);
        At(
            formula.Create("backbone.0.encoder.encoder.encoder.layer.0.mlp.fc1.weight", [1536, 384]), 3 * 384 + 4)
            .ShouldBe(0.068372555f, 1e-9f);
        At(formula.Create("mask_token", [1, 384]), 7).ShouldBe(0);
    }

    [Fact]
    public void Query_rows_are_equal_unless_the_salt_is_ranked()
    {
        HostTensor equal = new FormulaWeights("golden").Create("query_feat.weight", [3900, 256]);
        At(equal, 5 * 256 + 7).ShouldBe(-0.030626297f, 1e-9f);
        At(equal, 7).ShouldBe(At(equal, 5 * 256 + 7));
        HostTensor ranked = new FormulaWeights("ranked golden").Create("query_feat.weight", [20, 256]);
        At(ranked, 7).ShouldNotBe(At(ranked, 5 * 256 + 7));
    }

    [Fact]
    public void Inputs_are_twice_the_numbers()
    {
        HostTensor input = new FormulaWeights("golden").Input(1, 2, 2);
        input.Shape.ShouldBe([1, 3, 2, 2]);
        At(input, 0).ShouldBe(2 * -0.61832273f);
    }

    private static float At(HostTensor tensor, int index) => tensor.Span<float>()[index];
}
