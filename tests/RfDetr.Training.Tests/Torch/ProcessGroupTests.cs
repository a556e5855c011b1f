using System.Collections.Concurrent;
using RfDetr.Torch;

namespace RfDetr.Tests.Torch;

/// <summary>Groups of ranks over Gloo on this machine, each rank on a thread of its own.</summary>
[Collection(nameof(OneAtATime))]
public sealed class ProcessGroupTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Ranks_sum_broadcast_gather_and_wait(int size)
    {
        var sums = new ConcurrentDictionary<int, float[]>();
        var means = new ConcurrentDictionary<int, float[]>();
        var roots = new ConcurrentDictionary<int, long[]>();
        var gathered = new ConcurrentDictionary<int, byte[][]>();
        InEachRank(size, group =>
        {
            using var scope = new TorchScope();
            TorchTensor sum = TorchTensor.From(group.Rank + 1f, 10);
            group.AllReduce(sum);
            sums[group.Rank] = sum.ToArray<float>();

            TorchTensor a = TorchTensor.Full([3, 2], group.Rank), b = TorchTensor.Full([2, 3], 2.0 * group.Rank).Transpose(0, 1);
            group.AllReduce([a, b], mean: true);
            means[group.Rank] = [.. a.ToArray<float>(), .. b.ToArray<float>()];

            TorchTensor root = TorchTensor.From(group.Rank + 40L);
            group.Broadcast(root, root: 1);
            roots[group.Rank] = root.ToArray<long>();

            gathered[group.Rank] = group.AllGather([.. Enumerable.Repeat((byte)(group.Rank + 1), 2 * group.Rank)]);
            group.Barrier();
        });

        for (int rank = 0; rank < size; rank++)
        {
            sums[rank].ShouldBe([size * (size + 1) / 2f, 10 * size]);
            means[rank].ShouldBe([.. Enumerable.Repeat((size - 1) / 2f, 6), .. Enumerable.Repeat(size - 1f, 6)]);
            roots[rank].ShouldBe([41L]);
            gathered[rank].Select(bytes => bytes.Length).ShouldBe(Enumerable.Range(0, size).Select(r => 2 * r));
            gathered[rank][^1].ShouldAllBe(v => v == size);
        }
    }

    [Fact]
    public void Large_lists_go_in_buckets()
    {
        const int tensors = 5, elements = 3 << 20;
        InEachRank(2, group =>
        {
            using var scope = new TorchScope();
            TorchTensor[] list = [.. Enumerable.Range(0, tensors).Select(i => TorchTensor.Full([elements], i + group.Rank))];
            group.AllReduce(list);
            for (int i = 0; i < tensors; i++)
            {
                list[i].Min().Item().ShouldBe(2 * i + 1);
                list[i].Max().Item().ShouldBe(2 * i + 1);
            }
        });
    }

    [Fact]
    public void A_rank_that_leaves_ends_the_others_with_an_error()
    {
        string message = "";
        InEachRank(2, group =>
        {
            using var scope = new TorchScope();
            group.Barrier();
            if (group.Rank == 1)
                return;
            message = Should.Throw<TorchException>(() =>
            {
                for (int i = 0; i < 100; i++)
                    group.AllReduce(TorchTensor.Ones([1000]));
            }).Message;
        });

        message.ShouldContain("rank 0 of 2, gloo");
        message.ShouldContain("all-reduce failed");
    }

    [Fact]
    [Trait("Duration", "Long")]
    public void Ranks_that_never_come_are_waited_for_no_longer_than_the_timeout()
    {
        var options = new ProcessGroupOptions { WorldSize = 2, Port = FreePort.Next(), Timeout = TimeSpan.FromSeconds(2) };

        Should.Throw<TorchException>(() => ProcessGroup.Create(options)).Message.ShouldContain("could not join");
    }

    [Fact]
    public void One_process_is_a_group_too()
    {
        using var scope = new TorchScope();
        using ProcessGroup group = ProcessGroup.Create(new());
        TorchTensor x = TorchTensor.From(3f);
        group.AllReduce(x);
        group.AllReduce([x], mean: true);
        group.Broadcast(x);
        group.Barrier();
        x.Item().ShouldBe(3);
        group.AllGather([1, 2])[0].ShouldBe(new byte[] { 1, 2 });
        Should.Throw<ArgumentOutOfRangeException>(() => group.Broadcast(x, root: 1));
    }

    [Fact]
    public void Options_are_checked()
    {
        Should.Throw<ArgumentException>(() => ProcessGroup.Create(new() { Backend = "mpi" })).Message.ShouldContain("'mpi'");
        Should.Throw<ArgumentException>(() =>
            ProcessGroup.Create(new() { Timeout = TimeSpan.Zero })).Message.ShouldContain("timeout");
        Should.Throw<ArgumentException>(() =>
            ProcessGroup.Create(new() { WorldSize = 2, Rank = 2 })).Message.ShouldContain("rank 2 (local 0) is not one of 2");
        Should.Throw<ArgumentException>(() => ProcessGroup.Create(new() { Port = 70000 })).Message.ShouldContain("port 70000");
    }

    /// <summary>Should libtorch not end a call when its time is over, its caller goes on without it.</summary>
    [Fact]
    public void A_call_that_does_not_come_back_is_left_behind()
    {
        using var thread = new GroupThread();
        thread.Run(() => 0, TimeSpan.FromMinutes(1)).ShouldBeNull();
        thread.IsStuck.ShouldBeFalse();

        static int Hang()
        {
            Thread.Sleep(Timeout.Infinite);
            return 0;
        }

        Should.Throw<NotSupportedException>(() => thread.Run(() => throw new NotSupportedException(), TimeSpan.FromMinutes(1)));
        thread.Run(Hang, TimeSpan.FromSeconds(0.5)).ShouldBe("libtorch did not come back within 0.5 s and is left behind");
        thread.IsStuck.ShouldBeTrue();
        thread.Run(() => 0, TimeSpan.FromMinutes(1)).ShouldBe("an earlier operation never came back");
    }

    private static void InEachRank(int size, Action<ProcessGroup> body)
    {
        int port = FreePort.Next();
        var failures = new ConcurrentBag<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                using ProcessGroup group =
                    ProcessGroup.Create(new() { WorldSize = size, Rank = rank, Port = port, Timeout = TimeSpan.FromMinutes(5) });
                body(group);
            }
            catch (Exception error)
            {
                failures.Add(error);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        failures.ShouldBeEmpty();
    }
}
