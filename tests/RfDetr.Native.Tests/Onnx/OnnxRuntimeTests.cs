using System.Text.Json;
using Google.Protobuf;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Tests.Onnx;

public sealed class OnnxRuntimeTests
{
    private static readonly byte[] s_add = TinyModels.Add().ToByteArray();

    [Fact]
    public void The_library_tells_its_version_place_and_providers()
    {
        OnnxRuntime runtime = OnnxRuntime.Load();
        System.Version.Parse(runtime.Version).ShouldBeGreaterThanOrEqualTo(new Version(1, 16));
        runtime.AvailableProviders.ShouldContain("CPUExecutionProvider");
        runtime.LibraryPath.ShouldContain("onnxruntime");
        runtime.BuildInfo.ShouldNotBeEmpty();
        OnnxRuntime.Load().ShouldBeSameAs(runtime);
        OnnxRuntime.Load(runtime.LibraryPath).ShouldBeSameAs(runtime);
    }

    [Fact]
    public void A_missing_library_lists_the_places_and_the_cure()
    {
        var e = Should.Throw<OnnxRuntimeException>(() => OnnxRuntime.Load("/nowhere/libonnxruntime.so"));
        e.Code.ShouldBe(OnnxErrorCode.LibraryNotUsable);
        e.Message.ShouldContain("/nowhere/libonnxruntime.so");
        e.Message.ShouldContain("RFDETR_ONNXRUNTIME");
    }

    [Fact]
    public void A_folder_is_searched_for_the_usual_file_names()
    {
        using var folder = new TemporaryFolder();
        string message = Should.Throw<OnnxRuntimeException>(() => OnnxRuntime.Load(folder["."])).Message;
        foreach (string name in OnnxRuntimeFiles.Names)
            message.ShouldContain(Path.Combine(folder["."], name));
    }

    [Fact]
    public void A_file_that_is_no_library_is_told_apart_from_a_missing_one()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["libonnxruntime.so"], "not a library");
        Should.Throw<OnnxRuntimeException>(() => OnnxRuntime.Load(folder["libonnxruntime.so"])).Message.ShouldContain("exists, but cannot be loaded");
    }

    [Fact]
    public void An_unknown_provider_names_those_that_are_there()
    {
        var options = new SessionOptions { Providers = [new ExecutionProvider("no-such-chip")] };
        var e = Should.Throw<OnnxRuntimeException>(() => OnnxSession.FromBytes(s_add, options));
        e.Code.ShouldBe(OnnxErrorCode.ProviderNotAvailable);
        e.Message.ShouldContain("provider 'no-such-chip' is not in this onnxruntime build (available: ");
        e.Message.ShouldContain("CPUExecutionProvider");
    }

    [Fact]
    public void Every_listed_provider_can_be_appended_or_says_why_not()
    {
        foreach (string provider in OnnxRuntime.Load().AvailableProviders)
        {
            try
            {
                using OnnxSession session = OnnxSession.FromBytes(s_add, new SessionOptions { Providers = [new ExecutionProvider(provider)] });
                session.Outputs.Count.ShouldBe(1);
            }
            catch (OnnxRuntimeException e)
            {
                e.Message.ShouldContain(provider);
            }
        }
    }

    [Fact]
    public void Options_reach_the_runtime()
    {
        using var folder = new TemporaryFolder();
        var options = new SessionOptions
        {
            Providers = [new ExecutionProvider("CPU")],
            IntraOpThreads = 2,
            InterOpThreads = 2,
            AllowSpinning = true,
            Optimization = GraphOptimization.Basic,
            OptimizedModelPath = folder["optimized.onnx"],
            FreeDimensions = new Dictionary<string, long> { ["batch"] = 2 },
            ConfigEntries = new Dictionary<string, string> { ["session.set_denormal_as_zero"] = "1" },
        };
        using OnnxSession session = OnnxSession.FromBytes(s_add, options);
        session.Inputs[0].ToString().ShouldBe("'x' Float32 [2, 3]");
        OnnxModelInfo.Read(folder["optimized.onnx"]).Outputs[0].Name.ShouldBe("y");
    }

    [Fact]
    public void Profiling_writes_a_trace()
    {
        using var folder = new TemporaryFolder();
        using OnnxSession session = OnnxSession.FromBytes(s_add, new SessionOptions { ProfilePrefix = folder["profile"] });
        session.Run(new Dictionary<string, HostTensor> { ["x"] = HostTensor.Of([1f, 2, 3], 1, 3) });
        string path = session.EndProfiling();
        path.ShouldStartWith(folder["profile"]);
        JsonDocument.Parse(File.ReadAllText(path)).RootElement.EnumerateArray()
            .ShouldContain(e => e.GetProperty("name").GetString()!.Contains("Add", StringComparison.Ordinal));
    }

    [Fact]
    public void Messages_reach_the_log_when_asked_for()
    {
        var messages = new System.Collections.Concurrent.ConcurrentQueue<OnnxLogMessage>();
        OnnxRuntime.Log = messages.Enqueue;
        try
        {
            OnnxSession.FromBytes(s_add, new SessionOptions { LogSeverity = OnnxLogSeverity.Verbose }).Dispose();
        }
        finally
        {
            OnnxRuntime.Log = null;
        }

        messages.ShouldNotBeEmpty();
        messages.ShouldContain(m => m.Severity <= OnnxLogSeverity.Info && m.Message.Length > 0);
    }

    [Fact]
    public void Broken_models_carry_the_runtimes_words()
    {
        Should.Throw<OnnxRuntimeException>(() => OnnxSession.FromBytes(new byte[] { 1, 2, 3 })).Code
            .ShouldBeOneOf(OnnxErrorCode.InvalidProtobuf, OnnxErrorCode.InvalidGraph, OnnxErrorCode.InvalidArgument, OnnxErrorCode.Fail);
        RfDetr.Onnx.Proto.ModelProto model = TinyModels.Add();
        model.Graph.Node[0].OpType = "NoSuchOperator";
        Should.Throw<OnnxRuntimeException>(() => OnnxSession.FromBytes(model.ToByteArray())).Message.ShouldContain("NoSuchOperator");
        Should.Throw<FileNotFoundException>(() => OnnxSession.FromFile("/nowhere/m.onnx")).Message.ShouldContain("/nowhere/m.onnx");
        Should.Throw<ArgumentException>(() => OnnxSession.FromBytes(ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public void Mutated_models_are_loaded_or_refused()
    {
        byte[] healthy = TinyModels.MatMul([1, 2, 3, 4, 5, 6, 7, 8]).ToByteArray();
        var random = new Random(23);
        int refused = 0, loaded = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = [.. healthy];
            for (int edits = random.Next(1, 4); edits > 0; edits--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                OnnxSession.FromBytes(bytes, new SessionOptions { IntraOpThreads = 1 }).Dispose();
                loaded++;
            }
            catch (OnnxRuntimeException)
            {
                refused++;
            }
        }

        loaded.ShouldBeGreaterThan(10);
        refused.ShouldBeGreaterThan(10);
    }
}
