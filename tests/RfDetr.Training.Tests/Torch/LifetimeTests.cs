using RfDetr.Torch;

namespace RfDetr.Tests.Torch;

/// <summary>Scopes free what was made in them, and nothing else.</summary>
[Collection(nameof(OneAtATime))]
public sealed class LifetimeTests
{
    [Fact]
    public void A_scope_frees_what_is_not_kept()
    {
        long before = Settled();
        TorchTensor outside, free;
        using (var outer = new TorchScope())
        {
            using (var inner = new TorchScope())
            {
                TorchTensor a = TorchTensor.Ones([2]), b = a + 1;
                outside = inner.Keep(a * b);
                free = TorchScope.Detach(b * 2);
                (TorchRuntime.LiveTensors - before).ShouldBe(4);
            }

            (TorchRuntime.LiveTensors - before).ShouldBe(2);
            outside.ToArray<float>().ShouldBe([2f, 2]);
        }

        (TorchRuntime.LiveTensors - before).ShouldBe(1, "kept by the inner scope is made in the outer one");
        outside.IsClosed.ShouldBeTrue();
        free.ToArray<float>().ShouldBe([4f, 4]);
        free.Dispose();
        TorchRuntime.LiveTensors.ShouldBe(before);
        TorchScope.Depth.ShouldBe(0);
    }

    [Fact]
    public void What_the_outermost_scope_keeps_belongs_to_the_caller()
    {
        long before = Settled();
        TorchTensor kept;
        using (var scope = new TorchScope())
            kept = scope.Keep(TorchTensor.Ones([2]));
        using (new TorchScope())
        {
            _ = kept + 1;
        }

        kept.ToArray<float>().ShouldBe([1f, 1]);
        kept.Dispose();
        TorchRuntime.LiveTensors.ShouldBe(before);
    }

    [Fact]
    public void Scopes_are_the_thread_s()
    {
        using (new TorchScope())
        {
            TorchTensor? other = null;
            var thread = new Thread(() => other = TorchTensor.Ones([1]));
            thread.Start();
            thread.Join();
            TorchScope.Depth.ShouldBe(1);
            other.ShouldNotBeNull().Dispose();
        }
    }

    [Fact]
    public void Forgotten_tensors_are_freed_by_the_garbage_collector()
    {
        long before = Settled();
        Forget();
        TorchRuntime.LiveTensors.ShouldBeGreaterThan(before);
        Settled().ShouldBe(before);

        static void Forget()
        {
            for (int i = 0; i < 10; i++)
                _ = TorchTensor.Ones([1]);
        }
    }

    [Fact]
    public void Two_thousand_steps_hold_no_more_than_one()
    {
        using var plain = new SmallStep(checkpoint: false);
        using var twice = new SmallStep(checkpoint: true);
        plain.Run();
        twice.Run();
        long before = Settled();

        for (int i = 0; i < 1000; i++)
        {
            plain.Run();
            twice.Run();
            TorchRuntime.LiveTensors.ShouldBe(before);
        }

        plain.Loss.ShouldBeLessThan(0.1 * plain.FirstLoss);
        twice.Loss.ShouldBe(plain.Loss);
    }

    [Fact]
    public void A_failed_operator_leaves_nothing_behind()
    {
        long before = Settled();
        using (new TorchScope())
        {
            TorchTensor a = TorchTensor.Ones([2, 3]);
            for (int i = 0; i < 100; i++)
                Should.Throw<TorchException>(() => a.MatMul(a));
            Should.Throw<TorchException>(() => Aten.Call("aten::split.Tensor", a, 1));
        }

        TorchRuntime.LiveTensors.ShouldBe(before);
    }

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return TorchRuntime.LiveTensors;
    }
}
