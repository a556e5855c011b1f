using System.Text.Json;
using Google.Protobuf;
using RfDetr.Onnx;
using RfDetr.OnnxRuntime;
using RfDetr.Tensors;

namespace RfDetr.Tests.Onnx;

public sealed class OnnxRuntimeTests
{
    private static readonly byte[] s_add = TinyModels.Add().ToByteArray();

    [Fact]
    public void The_library_reports_its_version_place_and_providers()
    {
        OnnxRuntimeLibrary runtime = OnnxRuntimeLibrary.Load();
        System.Version.Parse(runtime.Version).ShouldBeGreaterThanOrEqualTo(new Version(1, 31));
        runtime.AvailableProviders.ShouldContain("CPUExecutionProvider");
        runtime.LibraryPath.ShouldContain("onnxruntime");
        File.Exists(runtime.LibraryPath).ShouldBeTrue("the native package brings the library");
        OnnxRuntimeLibrary.Load().ShouldBeSameAs(runtime);
        OnnxRuntimeLibrary.Load(runtime.LibraryPath).ShouldBeSameAs(runtime);
        OnnxRuntimePackage.Load().ShouldBeSameAs(runtime, "the front door finds it by name");
    }

    [Fact]
    public void A_missing_library_lists_the_places_and_the_lines_to_type()
    {
        var e = Should.Throw<OnnxRuntimeException>(() => OnnxRuntimeLibrary.Load("/nowhere/libonnxruntime.so"));
        e.Code.ShouldBe(OnnxErrorCode.LibraryNotUsable);
        e.Message.ShouldContain("/nowhere/libonnxruntime.so");
        e.Message.ShouldContain("RFDETR_ONNXRUNTIME");
        e.Message.ShouldContain("dotnet add package RfDetr.OnnxRuntime" + Environment.NewLine);
        e.Message.ShouldContain("dotnet add package Microsoft.ML.OnnxRuntime" + Environment.NewLine);
    }

    [Fact]
    public void A_folder_is_searched_for_the_usual_file_names()
    {
        using var folder = new TemporaryFolder();
        string message = Should.Throw<OnnxRuntimeException>(() => OnnxRuntimeLibrary.Load(folder["."])).Message;
        foreach (string name in OnnxRuntimeLibrary.FileNames)
            message.ShouldContain(Path.Combine(folder["."], name));
    }

    [Fact]
    public void Another_library_beside_the_loaded_one_is_refused()
    {
        OnnxRuntimeLibrary runtime = OnnxRuntimeLibrary.Load();
        using var folder = new TemporaryFolder();
        string copy = folder[Path.GetFileName(runtime.LibraryPath)];
        File.Copy(runtime.LibraryPath, copy);
        string message = Should.Throw<OnnxRuntimeException>(() => OnnxRuntimeLibrary.Load(copy)).Message;
        message.ShouldContain(runtime.LibraryPath);
        message.ShouldContain(copy);
    }

    [Theory]
    [InlineData("1.30.0", false)]
    [InlineData("1.9.1", false)]
    [InlineData("unknown", false)]
    [InlineData("1.31.0", true)]
    [InlineData("1.32.0-dev-20261101", true)]
    [InlineData("2.0.0", true)]
    public void A_library_must_not_be_older_than_the_package(string version, bool fits)
    {
        void Check() => OnnxRuntimeLibrary.RequireVersion("/there/libonnxruntime.so", version, new Version(1, 31));
        if (fits)
        {
            Should.NotThrow(Check);
            return;
        }

        var e = Should.Throw<OnnxRuntimeException>(Check);
        e.Code.ShouldBe(OnnxErrorCode.LibraryNotUsable);
        e.Message.ShouldStartWith($"'/there/libonnxruntime.so' is ONNX Runtime {version}; 1.31 or newer is needed");
    }

    [Fact]
    public void A_file_that_is_no_library_is_distinguished_from_a_missing_one()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["libonnxruntime.so"], "not a library");
        Should.Throw<OnnxRuntimeException>(() =>
            OnnxRuntimeLibrary.Load(folder["libonnxruntime.so"])).Message.ShouldContain("exists, but cannot be loaded");
    }

    [Fact]
    public void An_unknown_provider_names_those_that_are_there()
    {
        var options = new OnnxSessionOptions { Providers = [new ExecutionProvider("no-such-chip")] };
        var e = Should.Throw<OnnxRuntimeException>(() => OnnxSession.FromBytes(s_add, options));
        e.Code.ShouldBe(OnnxErrorCode.ProviderNotAvailable);
        e.Message.ShouldContain("provider 'no-such-chip' is not in this onnxruntime build (available: ");
        e.Message.ShouldContain("CPUExecutionProvider");
    }

    [Fact]
    public void Every_listed_provider_can_be_appended_or_says_why_not()
    {
        foreach (string provider in OnnxRuntimeLibrary.Load().AvailableProviders)
        {
            try
            {
                using OnnxSession session =
                    OnnxSession.FromBytes(s_add, new OnnxSessionOptions { Providers = [new ExecutionProvider(provider)] });
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
        var options = new OnnxSessionOptions
        {
            Providers = [new ExecutionProvider("CPU")],
            IntraOpThreads = 2,
            InterOpThreads = 2,
            AllowSpinning = true,
            UseArena = false,
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
        using OnnxSession session = OnnxSession.FromBytes(s_add, new OnnxSessionOptions { ProfilePrefix = folder["profile"] });
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
        OnnxRuntimeLibrary.Log = messages.Enqueue;
        try
        {
            OnnxSession.FromBytes(s_add, new OnnxSessionOptions { LogSeverity = OnnxLogSeverity.Verbose }).Dispose();
        }
        finally
        {
            OnnxRuntimeLibrary.Log = null;
        }

        messages.ShouldNotBeEmpty();
        messages.ShouldContain(m => m.Severity <= OnnxLogSeverity.Info && m.Message.Length > 0);
    }

    [Fact]
    public void Broken_models_carry_the_runtimes_words()
    {
        Should.Throw<OnnxRuntimeException>(() => OnnxSession.FromBytes(new byte[] { 1, 2, 3 })).Code
            .ShouldBeOneOf(
                OnnxErrorCode.InvalidProtobuf, OnnxErrorCode.InvalidGraph, OnnxErrorCode.InvalidArgument, OnnxErrorCode.Fail);
        RfDetr.Onnx.Proto.ModelProto model = TinyModels.Add();
        model.Graph.Node[0].OpType = "NoSuchOperator";
        Should.Throw<OnnxRuntimeException>(() =>
            OnnxSession.FromBytes(model.ToByteArray())).Message.ShouldContain("NoSuchOperator");
        Should.Throw<FileNotFoundException>(() =>
            OnnxSession.FromFile("/nowhere/m.onnx")).Message.ShouldContain("/nowhere/m.onnx");
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
                OnnxSession.FromBytes(bytes, new OnnxSessionOptions { IntraOpThreads = 1 }).Dispose();
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
