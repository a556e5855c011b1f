using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests.Graph;

/// <summary>Each pass alone on whole tiny networks: the outputs stay, and the pass did its work.</summary>
public sealed class PassTests
{
    // Passes reorder float32 sums at most.
    private const double Tolerance = 1e-5;

    private static readonly Dictionary<string, GraphPass[]> s_passes = new()
    {
        ["PointwiseConvolutions"] = [new PointwiseConvolutions()],
        ["FoldConstants"] = [new FoldConstants()],
        ["FoldScales"] = [new FoldScales()],
        ["MergeProjections"] = [new FoldConstants(), new MergeProjections()],
        ["SimplifyLayout"] = [new SimplifyLayout()],
        ["MarkEpilogues"] = [new MarkEpilogues()],
        ["Decompose"] = [new Decompose(_ => false)],
        ["Decompose all but norms"] = [new Decompose(op => op is LayerNorm)],
    };

    public static TheoryData<string, bool> Rows()
    {
        var rows = new TheoryData<string, bool>();
        foreach (string name in s_passes.Keys)
        {
            rows.Add(name, false);
            rows.Add(name, true);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_pass_keeps_every_output_and_stage(string name, bool masks)
    {
        ModelConfig config = masks ? TinyNetwork.Masks : TinyNetwork.Boxes;
        NetworkGraph graph = TinyNetwork.Record(config, 2, taps: _ => true);
        Dictionary<string, HostTensor> image = TinyNetwork.Image(config, 2);
        TinyNetwork.ShouldAgree(
            GraphEvaluator.Run(Passes.Run(graph, s_passes[name]), image), GraphEvaluator.Run(graph, image), Tolerance);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_passes_together_keep_the_outputs_with_an_open_batch(bool masks)
    {
        ModelConfig config = masks ? TinyNetwork.Masks : TinyNetwork.Boxes;
        NetworkGraph graph = TinyNetwork.Record(config, Dim.Batch);
        NetworkGraph optimized = Passes.OptimizeForKernels(graph);
        optimized.Order.Count.ShouldBeLessThan(graph.Order.Count);
        foreach (int batch in new[] { 1, 3 })
        {
            Dictionary<string, HostTensor> image = TinyNetwork.Image(config, batch);
            TinyNetwork.ShouldAgree(GraphEvaluator.Run(optimized, image), GraphEvaluator.Run(graph, image), Tolerance);
        }
    }

    [Fact]
    public void Recording_keeps_the_values_of_running_at_once()
    {
        ModelConfig config = TinyNetwork.Masks;
        Dictionary<string, HostTensor> image = TinyNetwork.Image(config, 2);
        var host = new HostBackend();
        LayerOutput result = new RfDetrNetwork(
            new Weights(new FormulaWeights("ranked tiny"), host), config).Forward(host.Constant(image["input"])).Result;
        var eager = new Dictionary<string, HostTensor>
        {
            ["dets"] = HostBackend.Read(result.Boxes),
            ["labels"] = HostBackend.Read(result.Logits),
            ["masks"] = HostBackend.Read(result.Masks!.Logits()),
        };
        TinyNetwork.ShouldAgree(GraphEvaluator.Run(TinyNetwork.Record(config, Dim.Batch), image), eager, 0);
    }

    [Fact]
    public void Scales_disappear_from_windowed_and_global_layers()
    {
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Boxes, Dim.Batch);
        ScaleProducts(graph).ShouldBe(4);
        ScaleProducts(Passes.Run(graph, new FoldScales(), new FoldConstants())).ShouldBe(0);
    }

    [Fact]
    public void A_scale_stays_where_something_else_reads_the_product()
    {
        var backend = new GraphBackend();
        Tensor y =
            backend.Input("x", TensorType.Float([2, 3])).Linear(backend.Parameter("w", HostTensor.Of(new float[6], 2, 3)), null);
        NetworkGraph graph = backend.Finish([("y", y), ("scaled", y * backend.Parameter("lambda1", HostTensor.Of([2f, 3], 2)))]);
        ScaleProducts(new FoldScales().Run(graph)).ShouldBe(1);
    }

    [Fact]
    public void Projections_of_an_attention_become_one_product()
    {
        ModelConfig c = TinyNetwork.Boxes;
        NetworkGraph before = Passes.Run(TinyNetwork.Record(c, Dim.Batch), new FoldConstants());
        NetworkGraph after = Passes.Run(before, new MergeProjections(), new FoldConstants());
        // Encoder: three become one; decoder: queries and keys become one.
        (Count<Linear>(before) - Count<Linear>(after)).ShouldBe(2 * c.EncoderDepth + c.DecoderLayers);
        after.Order.Count(v => v.Op is Linear && v.Shape[-1] == 3 * c.EncoderWidth).ShouldBe(c.EncoderDepth);
        after.Order.Count(v =>
            v.Op is Linear && v.Shape[-1] == 2 * c.HiddenDim && v.Inputs[0].Shape[-1] == c.HiddenDim).ShouldBe(c.DecoderLayers);
    }

    [Fact]
    public void Epilogues_are_marked_where_nothing_reads_between()
    {
        NetworkGraph marked = Passes.Run(Passes.Optimize(TinyNetwork.Record(TinyNetwork.Boxes, Dim.Batch)), new MarkEpilogues());
        FusedLinear[] linear = [.. marked.Order.Select(v => v.Op).OfType<FusedLinear>()];
        linear.Count(l => l.Activation == Epilogue.Gelu).ShouldBe(2, "one per encoder layer");
        linear.Count(l => l.Activation == Epilogue.Relu).ShouldBe(
            7, "one per decoder layer, one in the position head, two in each box head");
        linear.Count(l => l.HasResidual).ShouldBe(2 * 2 + 3 * 2, "two per encoder layer, three per decoder layer");
        Count<Linear>(marked).ShouldBe(0);
        Count<Gelu>(marked).ShouldBe(0);
    }

    [Fact]
    public void Pointwise_convolutions_become_linear_layers()
    {
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Boxes, Dim.Batch), after = new PointwiseConvolutions().Run(graph);
        (Count<Conv2d>(graph) - Count<Conv2d>(after)).ShouldBe(2);
        after.Order.Where(v => v.Op is Conv2d).ShouldAllBe(v => !v.Inputs[1].Shape[2].IsOne);
    }

    [Fact]
    public void Decompose_leaves_what_it_is_told_to_keep()
    {
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Boxes, Dim.Batch);
        NetworkGraph all = new Decompose(_ => false).Run(graph), norms = new Decompose(op => op is LayerNorm).Run(graph);
        all.Order.ShouldNotContain(v => v.Op is DerivedOp);
        Count<LayerNorm>(norms).ShouldBe(Count<LayerNorm>(graph));
        norms.Order.ShouldNotContain(v => v.Op is DerivedOp && v.Op.GetType() != typeof(LayerNorm));
    }

    [Fact]
    public void Moves_that_cancel_are_removed()
    {
        var backend = new GraphBackend();
        Tensor x = backend.Input("x", TensorType.Float([Dim.Batch, 2, 3, 4]));
        Tensor y = x.Permute(0, 2, 3, 1).Permute(0, 3, 1, 2).Reshape(Dim.Batch, 6, 4).Reshape(Dim.Batch, 24).Slice(1, 0, 24);
        NetworkGraph graph = new SimplifyLayout().Run(backend.Finish([("y", y)]));
        OpValue only = graph.Order.ShouldHaveSingleItem();
        only.Op.ShouldBe(new Reshape([Dim.Batch, 24]));
        only.Inputs[0].ShouldBeSameAs(graph.Inputs[0]);
    }

    [Fact]
    public void Two_permutations_become_the_right_one()
    {
        var backend = new GraphBackend();
        Tensor x = backend.Input("x", TensorType.Float([2, 3, 4]));
        NetworkGraph graph = backend.Finish([("y", x.Permute(1, 2, 0).Permute(0, 2, 1))]);
        NetworkGraph after = new SimplifyLayout().Run(graph);
        after.Order.Count.ShouldBe(1);
        var input = new Dictionary<string, HostTensor>
        {
            ["x"] = HostTensor.Of([.. Enumerable.Range(0, 24).Select(i => (float)i)], 2, 3, 4)
        };
        TinyNetwork.ShouldAgree(GraphEvaluator.Run(after, input), GraphEvaluator.Run(graph, input), 0);
    }

    internal static int Count<T>(NetworkGraph graph)
        where T : Op => graph.Order.Count(v => v.Op is T);

    // Products with a layer scale as the checkpoint has it.
    internal static int ScaleProducts(NetworkGraph graph) => graph.Order.Count(v => v.Op is Binary { Kind: BinaryKind.Mul }
        && v.Inputs.Any(i => i is ConstantValue { Name: { } name } && name.EndsWith("lambda1", StringComparison.Ordinal)));
}
