using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr.Tests.Checkpoints;

/// <summary>Rows are tiled, then cut, in all class heads and nowhere else.</summary>
public class HeadResizingTests
{
    private static readonly MapWeights s_weights = new()
    {
        ["class_embed.weight"] = HostTensor.Of([1, 2, 3, 4, 5, 6], 3, 2),
        ["class_embed.bias"] = HostTensor.Of([7f, 8f, 9f], 3),
        ["transformer.enc_out_class_embed.12.weight"] = HostTensor.Of([1, 2, 3, 4, 5, 6], 3, 2),
        ["transformer.enc_out_class_embed.12.bias"] = HostTensor.Of([7f, 8f, 9f], 3),
        ["bbox_embed.layers.0.bias"] = HostTensor.Of([7f, 8f, 9f], 3),
    };

    [Theory]
    [InlineData(7, new[] { 7f, 8, 9, 7, 8, 9, 7 })]
    [InlineData(3, new[] { 7f, 8, 9 })]
    [InlineData(2, new[] { 7f, 8 })]
    [InlineData(1, new[] { 7f })]
    public void RowsAreTiledAndCut(int rows, float[] bias)
    {
        IWeightSource resized = HeadResizing.Resize(s_weights, rows);
        resized.Names.ShouldBe(s_weights.Names);
        foreach (string head in (string[])["class_embed", "transformer.enc_out_class_embed.12"])
        {
            Get(resized, head + ".bias").ToSingles().ShouldBe(bias);
            HostTensor weight = Get(resized, head + ".weight");
            weight.Shape.ShouldBe([rows, 2]);
            weight.ToSingles().ShouldBe(bias.SelectMany(b => new[] { (b - 7) * 2 + 1, (b - 7) * 2 + 2 }));
        }

        Get(resized, "bbox_embed.layers.0.bias").Shape.ShouldBe([3]);
        resized.TryGet("nothing", out _).ShouldBeFalse();
    }

    [Fact]
    public void AHeadWithoutRowsIsTheCallersMistake() =>
        Should.Throw<ArgumentOutOfRangeException>(() => HeadResizing.Resize(s_weights, 0));

    private static HostTensor Get(IWeightSource weights, string name)
    {
        weights.TryGet(name, out HostTensor? tensor).ShouldBeTrue(name);
        return tensor!;
    }
}
