using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests.Cpu;

/// <summary>Whole tiny networks in our own engine against the plain reference back end.</summary>
public sealed class CpuNetworkTests
{
    // Sums in another order, and functions of four digits more than that.
    private const double Tolerance = 2e-5;

    public static TheoryData<string, bool> Sets()
    {
        var rows = new TheoryData<string, bool>();
        foreach (InstructionSet set in InstructionSets.Available)
        {
            rows.Add(set.ToString(), false);
            rows.Add(set.ToString(), true);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_stage_agrees_with_the_host(string name, bool masks)
    {
        InstructionSet set = Enum.Parse<InstructionSet>(name);
        ModelConfig config = masks ? TinyNetwork.Masks : TinyNetwork.Boxes;
        NetworkGraph graph = TinyNetwork.Record(config, 2, taps: _ => true);
        Dictionary<string, HostTensor> image = TinyNetwork.Image(config, 2);
        TinyNetwork.ShouldAgree(
            CpuRuns.Run(graph, image, new CpuOptions { InstructionSet = set, Threads = 2 }), GraphEvaluator.Run(graph, image),
            Tolerance);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_compilation_serves_every_batch_size(bool masks)
    {
        ModelConfig config = masks ? TinyNetwork.Masks : TinyNetwork.Boxes;
        NetworkGraph graph = TinyNetwork.Record(config, Dim.Batch);
        using CpuNetwork network = CpuNetwork.Compile(graph, new CpuOptions { Threads = 2, CachedPlans = 2 });
        long weights = network.WeightBytes;
        foreach (int batch in new[] { 3, 1, 5, 2, 3 })
        {
            Dictionary<string, HostTensor> image = TinyNetwork.Image(config, batch);
            TinyNetwork.ShouldAgree(CpuRuns.Run(network, image, batch), GraphEvaluator.Run(graph, image), Tolerance);
        }

        network.WeightBytes.ShouldBe(weights, "the weights are packed once, whatever the batch");
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Masks, 2);
        Dictionary<string, HostTensor> image = TinyNetwork.Image(TinyNetwork.Masks, 2);
        float[] one = CpuRuns.Run(graph, image, new CpuOptions { Threads = 1 })["masks"].ToSingles();
        foreach (int threads in new[] { 2, 3, 7 })
            CpuRuns.Run(graph, image, new CpuOptions { Threads = threads })["masks"].ToSingles().ShouldBe(one);
    }

    [Fact]
    public void Parallel_callers_get_the_bits_of_a_serial_one()
    {
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Boxes, Dim.Batch);
        using CpuNetwork network = CpuNetwork.Compile(graph, new CpuOptions { Threads = 3 });
        Dictionary<string, HostTensor>[] images = [.. Enumerable.Range(0, 4).Select(i => Image(i, i % 2 + 1))];
        float[][] serial = [.. images.Select((p, i) => CpuRuns.Run(network, p, i % 2 + 1)["labels"].ToSingles())];

        Thread[] callers = [.. Enumerable.Range(0, 4).Select(i => new Thread(() =>
        {
            for (int round = 0; round < 25; round++)
                Results[i] = CpuRuns.Run(network, images[i], i % 2 + 1)["labels"].ToSingles();
        }))];
        Array.ForEach(callers, c => c.Start());
        Array.ForEach(callers, c => c.Join());

        for (int i = 0; i < 4; i++)
            Results[i].ShouldBe(serial[i], $"caller {i}");

        static Dictionary<string, HostTensor> Image(int seed, int batch) => new()
        {
            ["input"] =
                new FormulaWeights($"caller {seed}").Input(batch, TinyNetwork.Boxes.Resolution, TinyNetwork.Boxes.Resolution),
        };
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Masks, 1);
        using CpuNetwork network = CpuNetwork.Compile(graph, new CpuOptions { Threads = 2 });
        using CpuRun run = network.Rent();
        for (int i = 0; i < 50; i++)
            run.Execute();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            run.Execute();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Memory_is_at_most_a_third_more_than_weights_and_planned_arena()
    {
        var list = new ParameterList();
        _ = new RfDetrNetwork(new Weights(list, new ShapeBackend()), FormulaModel.Config);
        long weights = sizeof(float) * list.Count;
        using CpuNetwork network = CpuNetwork.Compile(TinyNetwork.Record(FormulaModel.Config, 1), new CpuOptions { Threads = 2 });

        PlanSummary plan = network.Summarize();

        ((double)(plan.WeightBytes + plan.RunBytes) / (weights + plan.ArenaBytes)).ShouldBeInRange(0.5, 1.3);
    }

    [Fact]
    public void Runs_are_given_back_and_used_again()
    {
        using CpuNetwork network = CpuNetwork.Compile(TinyNetwork.Record(TinyNetwork.Boxes, 1), new CpuOptions { Threads = 1 });
        CpuRun first = network.Rent();
        first.Dispose();
        using CpuRun second = network.Rent();
        second.ShouldBeSameAs(first);
        using CpuRun third = network.Rent();
        third.ShouldNotBeSameAs(first);
    }

    [Fact]
    public void A_disposed_network_lets_runs_under_way_finish_and_starts_none()
    {
        CpuNetwork network = CpuNetwork.Compile(TinyNetwork.Record(TinyNetwork.Boxes, 1), new CpuOptions { Threads = 2 });
        CpuRun run = network.Rent();
        network.Dispose();
        run.Execute();
        run["labels"].Floats.ToArray().ShouldAllBe(v => float.IsFinite(v));
        run.Dispose();
        Should.Throw<ObjectDisposedException>(() => network.Rent());
    }

    [Fact]
    public void A_canceled_run_stops_and_the_next_one_is_sound()
    {
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Boxes, 1);
        using CpuNetwork network = CpuNetwork.Compile(graph, new CpuOptions { Threads = 2 });
        Dictionary<string, HostTensor> image = TinyNetwork.Image(TinyNetwork.Boxes, 1);
        float[] expected = CpuRuns.Run(network, image)["labels"].ToSingles();
        using (CpuRun run = network.Rent())
        {
            Should.Throw<OperationCanceledException>(() => run.Execute(new CancellationToken(canceled: true)));
        }

        CpuRuns.Run(network, image)["labels"].ToSingles().ShouldBe(expected);
    }

    [Fact]
    public void Every_step_is_in_the_profile()
    {
        using CpuNetwork network = CpuNetwork.Compile(TinyNetwork.Record(TinyNetwork.Boxes, 1), new CpuOptions { Threads = 2 });
        using CpuRun run = network.Rent();
        IReadOnlyList<StepTime> times = run.Profile(3);
        times.Sum(t => t.Steps).ShouldBe(network.Summarize().Steps);
        times.Select(t => t.Kind).ShouldBeUnique();
        times.Sum(t => t.GigaOperations).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Options_out_of_range_are_named_all_at_once()
    {
        var wrong = new CpuOptions { Threads = -1, SpinMicroseconds = 1_000_000, CachedPlans = 0, Cores = [-2] };
        string message =
            Should.Throw<ArgumentException>(() => CpuNetwork.Compile(TinyNetwork.Record(TinyNetwork.Boxes, 1), wrong)).Message;
        foreach (string name in new[] { "Threads", "SpinMicroseconds", "CachedPlans", "Cores" })
            message.ShouldContain(name);
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones()
    {
        using CpuNetwork network = CpuNetwork.Compile(TinyNetwork.Record(TinyNetwork.Boxes, 1), new CpuOptions { Threads = 1 });
        using CpuRun run = network.Rent();
        Should.Throw<ArgumentException>(() => run["boxes"]).Message.ShouldContain("input, dets, labels");
    }

    private float[][] Results { get; } = new float[4][];
}
