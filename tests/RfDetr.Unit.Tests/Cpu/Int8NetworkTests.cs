using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests.Cpu;

/// <summary>Whole tiny networks with products from 8-bit integers.</summary>
public sealed class Int8NetworkTests
{
    // Of the largest value of an output; integers of 8 bits, layer after layer.
    private const double Tolerance = 0.08;

    public static TheoryData<string> Sets => [.. InstructionSets.Available.Select(set => set.ToString())];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Outputs_stay_close_to_those_of_floats(string name)
    {
        InstructionSet set = Enum.Parse<InstructionSet>(name);
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Masks, 2);
        Dictionary<string, HostTensor> image = TinyNetwork.Image(TinyNetwork.Masks, 2);
        var options = new CpuOptions { InstructionSet = set, Threads = 2, Int8 = All(TinyNetwork.Masks) };
        Dictionary<string, HostTensor> exact = GraphEvaluator.Run(graph, image), close = CpuRuns.Run(graph, image, options);
        TinyNetwork.ShouldAgree(close, exact, Tolerance);
        close["masks"].ToSingles().ShouldNotBe(CpuRuns.Run(graph, image, options with { Int8 = null })["masks"].ToSingles());
    }

    [Fact]
    public void Seven_bits_give_the_same_everywhere_and_not_what_eight_give()
    {
        // Up to what floats beside the integers differ in: orders of sums, and functions.
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Masks, 1);
        Dictionary<string, HostTensor> image = TinyNetwork.Image(TinyNetwork.Masks, 1), exact = GraphEvaluator.Run(graph, image);
        Int8Products eight = All(TinyNetwork.Masks), seven = eight with { ActivationBits = 7 };
        foreach (InstructionSet set in InstructionSets.Available)
        {
            var options = new CpuOptions { InstructionSet = set, Threads = 2, Int8 = seven };
            Dictionary<string, HostTensor> close = CpuRuns.Run(graph, image, options);
            TinyNetwork.ShouldAgree(close, exact, 2 * Tolerance);
            close["masks"]
                .ToSingles().ShouldBe(CpuRuns.Run(graph, image, options with { AssembleKernels = false })["masks"].ToSingles());
            close["masks"].ToSingles().ShouldNotBe(CpuRuns.Run(graph, image, options with { Int8 = eight })["masks"].ToSingles());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(9)]
    public void Other_widths_are_refused(int bits) =>
        Should.Throw<ArgumentException>(() =>
            CpuNetwork.Compile(
                TinyNetwork.Record(TinyNetwork.Boxes, 1),
                new CpuOptions { Int8 = new Int8Products { Weights = new HashSet<string>(), ActivationBits = bits } }))
            .Message.ShouldContain($"ActivationBits is {bits}, expected 7 or 8");

    [Fact]
    public void Products_are_named_by_the_weights_they_were_folded_from()
    {
        const string Layer = "backbone.0.encoder.encoder.encoder.layer.0.", Query = Layer + "attention.attention.query.weight";
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Masks, 1);
        using CpuNetwork network = CpuNetwork.Compile(
            graph, new CpuOptions { Threads = 1, Int8 = new Int8Products { Weights = new HashSet<string> { Query } } });
        ProductSummary product = network.Products().Single(p => p.IsInt8);
        product.Weights.ShouldContain(Query);
        product.Weights.ShouldContain(Layer + "attention.attention.value.weight");
        (product.Terms, product.Outputs).ShouldBe((64, 3 * 64));
        network.Products().ShouldAllBe(p => p.Weights.Count > 0);
        network.Products().Single(p =>
            p.Weights.Contains(Layer + "mlp.fc2.weight")).Weights.ShouldContain(Layer + "layer_scale2.lambda1");
    }

    [Fact]
    public void Weights_take_a_quarter_of_the_room()
    {
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Boxes, 1);
        using CpuNetwork single = CpuNetwork.Compile(graph, new CpuOptions { Threads = 1 });
        using CpuNetwork small = CpuNetwork.Compile(graph, new CpuOptions { Threads = 1, Int8 = All(TinyNetwork.Boxes) });
        ((double)small.WeightBytes / single.WeightBytes).ShouldBeLessThan(0.5);
    }

    [Fact]
    public void Threads_callers_and_batches_change_no_bit()
    {
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Masks, Dim.Batch);
        Int8Products int8 = All(TinyNetwork.Masks);
        using CpuNetwork network = CpuNetwork.Compile(graph, new CpuOptions { Threads = 3, Int8 = int8 });
        using CpuNetwork alone = CpuNetwork.Compile(graph, new CpuOptions { Threads = 1, Int8 = int8 });
        foreach (int batch in new[] { 1, 3 })
        {
            Dictionary<string, HostTensor> image = TinyNetwork.Image(TinyNetwork.Masks, batch);
            float[] serial = CpuRuns.Run(alone, image, batch)["masks"].ToSingles();
            var results = new float[4][];
            Thread[] callers = [.. Enumerable.Range(0, 4).Select(i => new Thread(() =>
            {
                for (int round = 0; round < 10; round++)
                    results[i] = CpuRuns.Run(network, image, batch)["masks"].ToSingles();
            }))];
            Array.ForEach(callers, c => c.Start());
            Array.ForEach(callers, c => c.Join());
            results.ShouldAllBe(r => r.SequenceEqual(serial));
        }
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using CpuNetwork network = CpuNetwork.Compile(
            TinyNetwork.Record(TinyNetwork.Masks, 1), new CpuOptions { Threads = 2, Int8 = All(TinyNetwork.Masks) });
        using CpuRun run = network.Rent();
        for (int i = 0; i < 50; i++)
            run.Execute();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            run.Execute();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Observed_ranges_serve_instead_of_each_rows_own()
    {
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Masks, 1);
        Dictionary<string, HostTensor> image = TinyNetwork.Image(TinyNetwork.Masks, 1);
        var observer = new ActivationObserver();
        Dictionary<string, HostTensor> plain = CpuRuns.Run(graph, image, new CpuOptions { Threads = 2, Observer = observer });
        Int8Products rows = All(TinyNetwork.Masks), ranges = rows with { Ranges = observer.Ranges };
        rows.Weights.ShouldBeSubsetOf(observer.Ranges.Keys);
        observer.Ranges.Values.ShouldAllBe(r => r.Least <= 0 && r.Largest >= 0 && r.Largest - r.Least > 0);

        Dictionary<string, HostTensor> dynamic = CpuRuns.Run(graph, image, new CpuOptions { Threads = 2, Int8 = rows });
        Dictionary<string, HostTensor> fixedRanges = CpuRuns.Run(graph, image, new CpuOptions { Threads = 2, Int8 = ranges });
        TinyNetwork.ShouldAgree(fixedRanges, plain, 2 * Tolerance);
        fixedRanges["labels"].ToSingles().ShouldNotBe(dynamic["labels"].ToSingles());
    }

    /// <summary>Every matrix that is a constant of a product.</summary>
    private static Int8Products All(ModelConfig config)
    {
        using CpuNetwork network = CpuNetwork.Compile(TinyNetwork.Record(config, 1), new CpuOptions { Threads = 1 });
        return new()
        {
            Weights = network.Products()
                .SelectMany(p => p.Weights).Where(n => n.EndsWith("weight", StringComparison.Ordinal)).ToHashSet()
        };
    }
}
