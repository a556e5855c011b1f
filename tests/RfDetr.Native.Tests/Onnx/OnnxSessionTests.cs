using Google.Protobuf;
using RfDetr.Onnx;
using RfDetr.Onnx.Proto;
using RfDetr.OnnxRuntime;
using RfDetr.Tensors;

namespace RfDetr.Tests.Onnx;

public sealed class OnnxSessionTests
{
    [Fact]
    public void Names_types_shapes_and_metadata_are_read_through_the_runtime()
    {
        ModelProto model = TinyModels.GridSample();
        model.DocString = "about";
        model.MetadataProps.Add(new StringStringEntryProto { Key = "k", Value = "välue" });
        model.MetadataProps.Add(new StringStringEntryProto { Key = "empty", Value = "" });
        using OnnxSession session = OnnxSession.FromBytes(model.ToByteArray());
        session.Inputs.Select(v => v.ToString()).ShouldBe(["'x' Float32 [1, 1, 2, 2]", "'grid' Float32 [1, 1, n, 2]"]);
        session.Outputs.Select(v => v.ToString()).ShouldBe(["'y' Float32 [1, 1, 1, n]"]);
        session.Metadata.ProducerName.ShouldBe("rfdetr-tests");
        session.Metadata.GraphName.ShouldBe("tiny");
        session.Metadata.Description.ShouldBe("about");
        session.Metadata.Version.ShouldBe(7);
        session.Metadata.Custom.ShouldBe(new Dictionary<string, string> { ["k"] = "välue", ["empty"] = "" }, ignoreOrder: true);
    }

    [Fact]
    public void Our_description_of_a_file_equals_the_runtimes()
    {
        foreach (
            ModelProto model in new[]
            {
                TinyModels.Add(), TinyModels.GridSample(), TinyModels.NonZero(), TinyModels.MatMul(new float[8])
            })
        {
            byte[] bytes = model.ToByteArray();
            using OnnxSession session = OnnxSession.FromBytes(bytes);
            OnnxModelInfo info = OnnxModelInfo.Read(new MemoryStream(bytes), "m");
            info.Inputs.Select(v => v.ToString()).ShouldBe(session.Inputs.Select(v => v.ToString()));
            info.Outputs.Select(v => v.ToString()).ShouldBe(session.Outputs.Select(v => v.ToString()));
        }
    }

    [Fact]
    public void Products_are_right_for_any_batch()
    {
        using OnnxSession session = OnnxSession.FromBytes(TinyModels.MatMul([1, 2, 3, 4, 5, 6, 7, 8]).ToByteArray());
        One(session, "x", HostTensor.Of([1f, 0, 0, 1], 1, 4)).ToSingles().ShouldBe([8, 10]);
        HostTensor two = One(session, "x", HostTensor.Of([1f, 1, 1, 1, 0, 2, 0, 0], 2, 4));
        two.Shape.ShouldBe([2, 2]);
        two.ToSingles().ShouldBe([16, 20, 6, 8]);
        One(session, "x", HostTensor.Of(Array.Empty<float>(), 0, 4)).Shape.ShouldBe([0, 2]);
    }

    [Fact]
    public void Samples_of_a_grid_are_right()
    {
        using OnnxSession session = OnnxSession.FromBytes(TinyModels.GridSample().ToByteArray());
        IReadOnlyDictionary<string, HostTensor> result = session.Run(new Dictionary<string, HostTensor>
        {
            ["x"] = HostTensor.Of([1f, 2, 3, 4], 1, 1, 2, 2),
            ["grid"] = HostTensor.Of([0f, 0, -0.5f, -0.5f, -1, -1], 1, 1, 3, 2),
        });
        // The center is the mean of all; a pixel's center is the pixel; a corner lies a quarter inside.
        result["y"].ToSingles().ShouldBe([2.5f, 1, 0.25f]);
    }

    [Fact]
    public void Half_long_and_byte_tensors_pass_unchanged()
    {
        Half[] halves = [(Half)1.5, (Half)(-2), (Half)0.25];
        Twice(
            OnnxElementType.Float16, DType.Float16,
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(halves.AsSpan()).ToArray())
            .ToSingles().ShouldBe([3, -4, 0.5f]);
        long[] longs = [1L << 40, -3, 0];
        Twice(OnnxElementType.Int64, DType.Int64, System.Runtime.InteropServices.MemoryMarshal.AsBytes(longs.AsSpan()).ToArray())
            .Span<long>().ToArray().ShouldBe([1L << 41, -6, 0]);
        Twice(OnnxElementType.UInt8, DType.UInt8, [1, 2, 100]).Span<byte>().ToArray().ShouldBe([2, 4, 200]);
    }

    [Fact]
    public void Parallel_runs_equal_serial_ones()
    {
        using OnnxSession session = OnnxSession.FromBytes(TinyModels.MatMul([1, 2, 3, 4, 5, 6, 7, 8]).ToByteArray());
        HostTensor[] inputs = [.. Enumerable.Range(0, 400).Select(i => HostTensor.Of([i, i * 0.5f, -i, 1], 1, 4))];
        float[][] serial = [.. inputs.Select(x => One(session, "x", x).ToSingles())];
        var parallel = new float[inputs.Length][];
        Parallel.For(
            0, inputs.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            i => parallel[i] = One(session, "x", inputs[i]).ToSingles());
        for (int i = 0; i < inputs.Length; i++)
            parallel[i].ShouldBe(serial[i]);
    }

    [Fact]
    public void External_data_is_read_by_the_runtime_as_we_wrote_it()
    {
        using var folder = new TemporaryFolder();
        OnnxModelFile.Write(
            TinyModels.MatMul([1, 2, 3, 4, 5, 6, 7, 8]), folder["mödel.onnx"],
            new OnnxWriteOptions { MaxInlineBytes = 0, MinExternalBytes = 1 });
        File.Exists(folder["mödel.onnx.data"]).ShouldBeTrue();
        using OnnxSession session = OnnxSession.FromFile(folder["mödel.onnx"]);
        One(session, "x", HostTensor.Of([1f, 0, 0, 1], 1, 4)).ToSingles().ShouldBe([8, 10]);
    }

    [Fact]
    public void Wrong_inputs_are_refused_with_both_shapes()
    {
        using OnnxSession session = OnnxSession.FromBytes(TinyModels.Add().ToByteArray());
        Refused(session, "x", HostTensor.Of([1f, 2], 1, 2)).ShouldBe("input 'x' Float32 [batch, 3] got shape [1, 2]");
        Refused(session, "x", HostTensor.Of([1L, 2, 3], 1, 3)).ShouldContain("got Int64 elements");
        Refused(session, "z", HostTensor.Of([1f, 2], 1, 2)).ShouldContain("no tensor was given for input 'x'");
        Should.Throw<ArgumentException>(() =>
            session.Run(new Dictionary<string, HostTensor>(), ["nope"])).Message.ShouldContain("no output 'nope'; it has 'y'");
    }

    [Fact]
    public void A_disposed_session_refuses_to_run()
    {
        OnnxSession session = OnnxSession.FromBytes(TinyModels.Add().ToByteArray());
        session.Dispose();
        Should.Throw<ObjectDisposedException>(() => One(session, "x", HostTensor.Of([1f, 2, 3], 1, 3)));
        Should.Throw<ObjectDisposedException>(session.CreateBinding);
        Should.Throw<ObjectDisposedException>(session.EndProfiling);
        session.Dispose();
    }

    [Fact]
    public async Task A_session_that_is_disposed_of_during_runs_ends_after_them()
    {
        OnnxSession session =
            OnnxSession.FromBytes(TinyModels.Long(256, 200).ToByteArray(), new OnnxSessionOptions { IntraOpThreads = 1 });
        var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.Of(new float[256 * 256], 256, 256) };
        using var begun = new CountdownEvent(2);
        Task<int>[] runs =
        [
            .. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(Repeat, TaskCreationOptions.LongRunning))
        ];
        begun.Wait();
        session.Dispose();
        (await Task.WhenAll(runs)).ShouldAllBe(done => done > 0);

        int Repeat()
        {
            for (int done = 0; ; done++)
            {
                try
                {
                    _ = session.Run(inputs);
                }
                catch (ObjectDisposedException)
                {
                    return done;
                }

                if (done == 0)
                    begun.Signal();
            }
        }
    }

    [Fact]
    public void A_canceled_run_ends()
    {
        using OnnxSession session = OnnxSession.FromBytes(
            TinyModels.Long(512, 1500).ToByteArray(), new OnnxSessionOptions { Optimization = GraphOptimization.None });
        var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.Of(new float[512 * 512], 512, 512) };
        using var soon = new SoonCanceled(30);
        Should.Throw<OperationCanceledException>(() =>
            session.Run(inputs, cancellation: soon.Token)).CancellationToken.ShouldBe(soon.Token);
        Should.Throw<OperationCanceledException>(() => session.Run(inputs, cancellation: new CancellationToken(canceled: true)));
    }

    private static HostTensor Twice(OnnxElementType type, DType dtype, byte[] bytes)
    {
        // Add has no kernel for bytes on the CPU; a shift to the left doubles too.
        ModelProto model = TinyModels.Add(type);
        if (type == OnnxElementType.UInt8)
        {
            model.Graph.Node.Clear();
            model.Graph.Node.Add(TinyModels.Node("BitShift", ["x", "one"], "y", TinyModels.Text("direction", "LEFT")));
            model.Graph.Initializer.Add(OnnxTensor.ToProto("one", new HostTensor(DType.UInt8, [1], new byte[] { 1 })));
        }

        using OnnxSession session = OnnxSession.FromBytes(model.ToByteArray());
        return One(session, "x", new HostTensor(dtype, [1, 3], bytes));
    }

    private static HostTensor One(OnnxSession session, string name, HostTensor input) =>
        session.Run(new Dictionary<string, HostTensor> { [name] = input }).Values.Single();

    private static string Refused(OnnxSession session, string name, HostTensor input) =>
        Should.Throw<ArgumentException>(() => One(session, name, input)).Message.Split(" (Parameter")[0];
}
