using Google.Protobuf;
using RfDetr.Onnx;
using RfDetr.OnnxRuntime;

namespace RfDetr.Tests.Onnx;

public sealed class SessionBindingTests
{
    private static readonly byte[] s_matMul = TinyModels.MatMul([1, 2, 3, 4, 5, 6, 7, 8]).ToByteArray();

    [Fact]
    public void Bound_runs_read_and_write_the_buffers_in_place()
    {
        using OnnxSession session = OnnxSession.FromBytes(s_matMul);
        using SessionBinding binding = session.CreateBinding();
        BoundTensor x = binding.BindInput("x", 1, 4), y = binding.BindOutput("y", 1, 2);
        for (int i = 1; i <= 3; i++)
        {
            x.Data<float>().Fill(i);
            binding.Run();
            y.Data<float>().ToArray().ShouldBe([16f * i, 20f * i]);
        }

        x.Shape.ToArray().ShouldBe([1, 4]);
        y.Shape.ToArray().ShouldBe([1, 2]);
    }

    [Fact]
    public void Runs_allocate_nothing_on_the_managed_heap()
    {
        using OnnxSession session = OnnxSession.FromBytes(s_matMul);
        using SessionBinding binding = session.CreateBinding();
        BoundTensor x = binding.BindInput("x", 8, 4), y = binding.BindOutput("y", 8, 2);
        float sum = 0;
        Step(200); // compiled in full before it is measured
        long before = GC.GetAllocatedBytesForCurrentThread();
        Step(200);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        allocated.ShouldBe(0);
        sum.ShouldBeGreaterThan(0);

        void Step(int count)
        {
            for (int i = 0; i < count; i++)
            {
                x.Data<float>().Fill(i);
                binding.Run();
                sum += y.Data<float>()[0] + y.Shape[0];
            }
        }
    }

    [Fact]
    public void Binding_a_name_again_changes_the_batch()
    {
        using OnnxSession session = OnnxSession.FromBytes(s_matMul);
        using SessionBinding binding = session.CreateBinding();
        BoundTensor old = binding.BindInput("x", 1, 4);
        _ = binding.BindOutput("y", 1, 2);
        binding.Run();
        binding.BindInput("x", 3, 4).Data<float>().Fill(1);
        BoundTensor y = binding.BindOutput("y", 3, 2);
        binding.Run();
        y.Data<float>().ToArray().ShouldBe([16, 20, 16, 20, 16, 20]);
        Should.Throw<ObjectDisposedException>(() => old.Data<float>().Length);
    }

    [Fact]
    public void Half_buffers_are_seen_as_halves_only()
    {
        using OnnxSession session = OnnxSession.FromBytes(TinyModels.Add(OnnxElementType.Float16).ToByteArray());
        using SessionBinding binding = session.CreateBinding();
        BoundTensor x = binding.BindInput("x", 1, 3);
        BoundTensor y = binding.BindOutput("y", 1, 3);
        x.Data<Half>().Fill((Half)1.5);
        binding.Run();
        y.Data<Half>().ToArray().ShouldBe([(Half)3, (Half)3, (Half)3]);
        Should.Throw<ArgumentException>(() => x.Data<float>().Length).Message.ShouldContain("Float16");
    }

    [Fact]
    public void Wrong_shapes_and_missing_inputs_are_refused()
    {
        using OnnxSession session = OnnxSession.FromBytes(s_matMul);
        using SessionBinding binding = session.CreateBinding();
        Should.Throw<InvalidOperationException>(() => binding.Run()).Message.ShouldContain(
            "input 'x' Float32 [batch, 4] is not bound");
        Should.Throw<ArgumentException>(() => binding.BindInput("x", 1, 5)).Message.ShouldContain("got shape [1, 5]");
        Should.Throw<ArgumentException>(() => binding.BindInput("x", -1, 4));
        Should.Throw<ArgumentException>(() => binding.BindInput("x", long.MaxValue / 4, 4));
        Should.Throw<ArgumentException>(() => binding.BindInput("q", 1, 4)).Message.ShouldContain("no input 'q'");
        binding.BindInput("x", 2, 4);
        Should.Throw<InvalidOperationException>(() => binding.Run()).Message.ShouldContain("no output is bound");
        binding.BindOutput("y", 1, 2);
        Should.Throw<OnnxRuntimeException>(() => binding.Run()).Message.ShouldStartWith("cannot run the model: ");
        binding.BindOutput("y", 2, 2);
        binding.Run(); // usable again
    }

    [Fact]
    public void A_canceled_run_ends_and_the_binding_stays_usable()
    {
        using OnnxSession session = OnnxSession.FromBytes(
            TinyModels.Long(512, 1500).ToByteArray(), new OnnxSessionOptions { Optimization = GraphOptimization.None });
        using SessionBinding binding = session.CreateBinding();
        binding.BindInput("x", 512, 512);
        binding.BindOutput("y", 512, 512);
        using (var soon = new SoonCanceled(30))
            Should.Throw<OperationCanceledException>(() => binding.Run(soon.Token));
        using OnnxSession small = OnnxSession.FromBytes(s_matMul);
        using SessionBinding again = small.CreateBinding();
        again.BindInput("x", 1, 4);
        again.BindOutput("y", 1, 2);
        using var late = new CancellationTokenSource();
        again.Run(late.Token);
        late.Cancel();
        Should.Throw<OperationCanceledException>(() => again.Run(late.Token));
        again.Run();
    }

    [Fact]
    public void Bindings_of_one_session_run_side_by_side()
    {
        using OnnxSession session = OnnxSession.FromBytes(s_matMul);
        int wrong = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, worker =>
        {
            using SessionBinding binding = session.CreateBinding();
            BoundTensor x = binding.BindInput("x", 1, 4), y = binding.BindOutput("y", 1, 2);
            for (int i = 0; i < 100; i++)
            {
                x.Data<float>().Fill(worker + i);
                binding.Run();
                if (y.Data<float>()[0] != 16f * (worker + i))
                    Interlocked.Increment(ref wrong);
            }
        });
        wrong.ShouldBe(0);
    }

    [Fact]
    public void A_binding_outlives_its_session_object()
    {
        OnnxSession session = OnnxSession.FromBytes(s_matMul);
        using SessionBinding binding = session.CreateBinding();
        binding.BindInput("x", 1, 4).Data<float>().Fill(1);
        BoundTensor y = binding.BindOutput("y", 1, 2);
        session.Dispose();
        binding.Run();
        y.Data<float>()[0].ShouldBe(16);
    }
}
