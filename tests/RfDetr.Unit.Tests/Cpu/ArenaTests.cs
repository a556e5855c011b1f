using RfDetr.Cpu;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests.Cpu;

/// <summary>Storages that are alive at the same time never share memory.</summary>
public sealed class ArenaTests
{
    [Fact]
    public void Random_lifetimes_never_overlap_and_waste_little()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 200; trial++)
        {
            Storage[] storages = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ =>
            {
                var storage = new Storage(random.Next(1, 5000));
                int first = random.Next(40);
                storage.Touch(first);
                storage.Touch(first + random.Next(8));
                return storage;
            })];
            long size = Arena.Place(storages);
            ShouldNotOverlap(storages, size);
            long most = Enumerable.Range(0, 50).Max(step =>
                storages.Where(s => s.First <= step && step <= s.Last).Sum(s => (s.Bytes + 63) / 64 * 64));
            size.ShouldBeInRange(most, Math.Max(most * 3 / 2, most + 5056));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Nor_do_the_values_of_a_network(int batch)
    {
        foreach (ModelConfig config in new[] { TinyNetwork.Boxes, TinyNetwork.Masks })
        {
            var graph = NodeGraph.From(CpuPasses.Run(TinyNetwork.Record(config, Dim.Batch)));
            KernelSet kernels = KernelSet.For(InstructionSet.Scalar);
            using var weights = new WeightStore(kernels);
            CpuPlan plan = new Lowering(graph, weights, kernels, new CpuOptions { Threads = 2 }, batch).Run();
            ShouldNotOverlap(plan.Storages, plan.ArenaBytes);
            plan.ArenaBytes.ShouldBeLessThan(plan.Storages.Sum(s => s.Bytes) / 2, "memory is used again and again");
        }
    }

    private static void ShouldNotOverlap(IReadOnlyList<Storage> storages, long size)
    {
        Storage[] used = [.. storages.Where(s => s.Last >= 0)];
        for (int i = 0; i < used.Length; i++)
        {
            (used[i].Offset % 64).ShouldBe(0);
            (used[i].Offset + used[i].Bytes).ShouldBeLessThanOrEqualTo(size);
            for (int j = 0; j < i; j++)
            {
                bool together = used[i].First <= used[j].Last && used[j].First <= used[i].Last;
                bool overlap = used[i].Offset < used[j].Offset + used[j].Bytes && used[j].Offset < used[i].Offset + used[i].Bytes;
                (together && overlap).ShouldBeFalse($"values {i} and {j}");
            }
        }
    }
}
