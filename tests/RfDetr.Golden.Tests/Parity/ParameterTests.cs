using System.Text.Json;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests.Parity;

public sealed class ParameterTests
{
    private static readonly JsonElement s_golden =
        JsonDocument.Parse(File.ReadAllBytes(Goldens.Path("parameters.json"))).RootElement;

    public static TheoryData<string> Names => [.. s_golden.EnumerateObject().Select(p => p.Name)];

    [Fact]
    public void All_published_variants_are_there() =>
        s_golden.EnumerateObject().Select(p => p.Name).ShouldBe(Variants.All.Select(v => v.Variant), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Network_asks_for_the_reference_s_tensors(string variant)
    {
        JsonElement golden = s_golden.GetProperty(variant);
        ModelConfig config =
            Variants.Get(variant) with { ClassLogits = golden.GetProperty("config").GetProperty("num_classes").GetInt32() + 1 };
        var list = new ParameterList();
        _ = new RfDetrNetwork(new Weights(list, new ShapeBackend()), config);

        Dictionary<string, string> expected = golden.GetProperty("tensors").EnumerateObject().ToDictionary(
            t => t.Name, t => string.Join(',', t.Value.EnumerateArray().Select(d => d.GetInt32())));
        // In the checkpoint, not in the computation: known, and never asked for.
        const string Unused = "backbone.0.encoder.encoder.embeddings.mask_token";
        expected.Remove(Unused, out string? unused).ShouldBeTrue();

        list.Parameters.ToDictionary(p => p.Name, p => string.Join(',', p.Shape)).ShouldBe(expected, ignoreOrder: true);
        long unusedValues = unused!.Split(',').Aggregate(1L, (product, size) => product * int.Parse(size));
        (list.Count + unusedValues).ShouldBe(golden.GetProperty("parameter_count").GetInt64());
    }
}
