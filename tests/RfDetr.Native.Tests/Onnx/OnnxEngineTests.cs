using Google.Protobuf;
using RfDetr.Onnx;
using RfDetr.Onnx.Proto;
using RfDetr.OnnxRuntime;
using RfDetr.Tensors;

namespace RfDetr.Tests.Onnx;

/// <summary>The engine's buffers: batches, reuse, half precision, the end.</summary>
public sealed class OnnxEngineTests
{
    private static readonly NetworkContract s_sizes = new()
    {
        Height = 2,
        Width = 2,
        Outputs =
        [
            new OutputSpec { Name = OutputNames.Boxes, Shape = [1, 4] },
            new OutputSpec { Name = OutputNames.Logits, Shape = [1, 4] }
        ],
    };

    [Theory]
    [InlineData(OnnxElementType.Float32)]
    [InlineData(OnnxElementType.Float16)]
    public void Every_image_of_a_batch_has_its_own_place(OnnxElementType type)
    {
        using INetworkEngine engine = Open(type);
        foreach (int batch in (int[])[1, 3, 2, 1])
        {
            using INetworkRun run = engine.Rent(batch);
            for (int i = 0; i < batch; i++)
                run.Input(i).Fill(i + 0.5f);
            run.Execute(CancellationToken.None);
            for (int i = 0; i < batch; i++)
            {
                run.Output(OutputNames.Boxes, i).ToArray().ShouldBe(Enumerable.Repeat(i + 0.5f, 4));
                run.Output(OutputNames.Logits, i).ToArray().ShouldBe(Enumerable.Repeat(2 * (i + 0.5f), 4));
            }
        }
    }

    [Fact]
    public void Buffers_come_back_and_old_sizes_go()
    {
        using INetworkEngine engine = Open(OnnxElementType.Float32);
        INetworkRun first = engine.Rent(1);
        first.Dispose();
        foreach (int batch in (int[])[2, 3, 4, 1])
        {
            INetworkRun run = engine.Rent(batch);
            (run == first).ShouldBe(batch == 1);
            run.Dispose();
        }

        for (int batch = 2; batch <= 5; batch++)
            engine.Rent(batch).Dispose();
        using INetworkRun again = engine.Rent(1);
        again.ShouldNotBeSameAs(first, "four sizes are kept, and four others were used since");
    }

    [Fact]
    public void A_run_outlives_its_engine_and_no_other_begins()
    {
        INetworkEngine engine = Open(OnnxElementType.Float32);
        INetworkRun run = engine.Rent(1);
        engine.Dispose();
        run.Input(0).Fill(3);
        run.Execute(CancellationToken.None);
        run.Output(OutputNames.Boxes, 0)[0].ShouldBe(3);
        run.Dispose();
        Should.Throw<ObjectDisposedException>(() => engine.Rent(1)).ObjectName.ShouldBe(nameof(Detector));
    }

    // Boxes are the first channel, logits twice that.
    private static INetworkEngine Open(OnnxElementType type)
    {
        ModelProto model = TinyModels.Model(
            [TinyModels.Value("input", type, "batch", 3, 2, 2)],
            [TinyModels.Value("dets", type, "batch", 1, 4), TinyModels.Value("labels", type, "batch", 1, 4)],
            [
                TinyModels.Node("Slice", ["input", "from", "to", "axis"], "first"),
                TinyModels.Node("Reshape", ["first", "shape"], "dets"),
                TinyModels.Node("Add", ["dets", "dets"], "labels"),
            ],
            OnnxTensor.ToProto("from", HostTensor.Of([0L], 1)), OnnxTensor.ToProto("to", HostTensor.Of([1L], 1)),
            OnnxTensor.ToProto("axis", HostTensor.Of([1L], 1)), OnnxTensor.ToProto("shape", HostTensor.Of([0L, 1, 4], 3)));
        OnnxSession session = OnnxSession.FromBytes(model.ToByteArray(), new OnnxSessionOptions { IntraOpThreads = 1 });
        return session.ToEngine(DetectionContract.Of(session.Inputs, session.Outputs), s_sizes);
    }
}
