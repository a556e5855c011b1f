using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests.Graph;

/// <summary>Structure of nano's graph after the usual passes.</summary>
public sealed class NanoGraphTests
{
    private static readonly NetworkGraph s_recorded = Record(480), s_optimized = Passes.Optimize(s_recorded);

    [Fact]
    public void The_position_table_and_the_anchors_are_constants()
    {
        PassTests.Count<ResizeBicubicAntialias>(s_recorded).ShouldBe(1);
        PassTests.Count<ResizeBicubicAntialias>(s_optimized).ShouldBe(0);
        s_optimized.Order.ShouldNotContain(v => v.Shape.IsFixed && v.Inputs.All(i => i is ConstantValue));
        // Anchors reach the graph as the table that the chosen cells' rows are taken from.
        s_optimized.Order.Where(v => v.Op is Take).ShouldAllBe(v =>
            v.Inputs[0] is ConstantValue && v.Inputs[0].Shape.Equals(Shape.Of(new[] { 900, 4 })));
        s_optimized.Order.Single(v => v.Op is Conv2d { Stride: 16 });
    }

    [Fact]
    public void No_scale_is_left()
    {
        PassTests.ScaleProducts(s_recorded).ShouldBe(24);
        PassTests.ScaleProducts(s_optimized).ShouldBe(0);
    }

    [Fact]
    public void For_kernels_each_attention_reads_one_product()
    {
        NetworkGraph kernels = Passes.OptimizeForKernels(s_recorded);
        kernels.Order.Count(v => v.Op is FusedLinear && v.Shape[-1] == 3 * 384).ShouldBe(12);
        kernels.Order.ShouldNotContain(v => v.Op is Linear || v.Op is Gelu);
        s_optimized.Order.Where(v => v.Op is Conv2d).ShouldAllBe(v => v.Inputs[1].Shape[2].Size > 1);
    }

    // The weights are zeros of the right shapes: only the structure is looked at. 480 pixels: the table of 24² is resampled to
    // 30².
    private static NetworkGraph Record(int size)
    {
        var backend = new GraphBackend();
        var network = new RfDetrNetwork(new Weights(new Zeros(), backend), Variants.Get("nano") with { GroupDetr = 1 });
        LayerOutput result = network.Forward(backend.Input("input", TensorType.Float([Dim.Batch, 3, size, size]))).Result;
        return backend.Finish([("dets", result.Boxes), ("labels", result.Logits)]);
    }

    private sealed class Zeros : IWeightInitializer
    {
        public HostTensor Create(string name, ReadOnlySpan<int> shape) =>
            HostTensor.Of(new float[shape.ToArray().Aggregate(1, (product, size) => product * size)], shape);
    }
}
