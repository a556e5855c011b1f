using Google.Protobuf;
using RfDetr.Onnx;
using RfDetr.Onnx.Proto;
using RfDetr.Tensors;

namespace RfDetr.Tests.Onnx;

public sealed class OnnxModelFileTests
{
    private static readonly float[] s_weights = [1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public void A_small_model_is_one_file_and_comes_back_equal()
    {
        using var folder = new TemporaryFolder();
        ModelProto model = TinyModels.MatMul(s_weights);
        OnnxModelFile.Write(model, folder["m.onnx"]);
        Directory.GetFiles(folder["."]).ShouldHaveSingleItem();
        OnnxModelFile.Read(folder["m.onnx"]).ShouldBe(model);
    }

    [Fact]
    public void Constants_above_the_limit_go_to_a_data_file_and_come_back()
    {
        using var folder = new TemporaryFolder();
        float[] large = [.. Enumerable.Range(0, 3000).Select(i => i * 0.5f)];
        ModelProto model = TinyModels.MatMul(s_weights);
        model.Graph.Initializer.Add(OnnxTensor.ToProto("a", HostTensor.Of(large, 3000)));
        model.Graph.Initializer.Add(OnnxTensor.ToProto("b", HostTensor.Of(large, 30, 100)));
        ModelProto before = model.Clone();

        OnnxModelFile.Write(model, folder["m.onnx"], new OnnxWriteOptions { MaxInlineBytes = 1000 });

        model.ShouldBe(before); // the caller's model is not touched
        ModelProto raw = OnnxModelFile.Read(folder["m.onnx"], new OnnxReadOptions { LoadExternalData = false });
        raw.Graph.Initializer.Select(ExternalData.IsExternal).ShouldBe([false, true, true]);
        ExternalData second = ExternalData.Of(raw.Graph.Initializer[2]);
        second.ShouldBe(new ExternalData("m.onnx.data", 12288, 12000));
        new FileInfo(folder["m.onnx.data"]).Length.ShouldBe(12288 + 12000);
        OnnxModelFile.Read(folder["m.onnx"]).ShouldBe(model);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file()
    {
        using var folder = new TemporaryFolder();
        OnnxModelFile.Write(TinyModels.Add(), folder["m.onnx"]);
        byte[] old = File.ReadAllBytes(folder["m.onnx"]);
        ModelProto bad = TinyModels.MatMul(s_weights);
        bad.Graph.Initializer[0].RawData = UnsafeByteOperations.UnsafeWrap(new UnreadableMemory().Memory);

        Should.Throw<IOException>(() => OnnxModelFile.Write(bad, folder["m.onnx"]));

        File.ReadAllBytes(folder["m.onnx"]).ShouldBe(old);
        Directory.GetFiles(folder["."]).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("..\\b")]
    [InlineData("C:\\b")]
    [InlineData("")]
    public void External_data_outside_the_folder_is_refused(string location)
    {
        var tensor = new TensorProto { Name = "w" };
        new ExternalData(location, 0, 4).Store(tensor);
        Should.Throw<OnnxFormatException>(() => ExternalData.Of(tensor)).Message.ShouldContain("below the model's folder");
    }

    [Theory]
    [InlineData(0, 17)]
    [InlineData(13, 4)]
    [InlineData(99, -1)]
    [InlineData(long.MaxValue, 1)]
    public void External_data_beyond_the_file_is_refused(long offset, long length)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["d"], new byte[16]);
        ModelProto model = TinyModels.MatMul(s_weights);
        new ExternalData("d", offset, length).Store(model.Graph.Initializer[0]);
        if (length < 0)
            model.Graph.Initializer[0].ExternalData.RemoveAt(2);
        File.WriteAllBytes(folder["m.onnx"], model.ToByteArray());
        Should.Throw<OnnxFormatException>(() => OnnxModelFile.Read(folder["m.onnx"])).Message.ShouldContain("'w'");
    }

    [Fact]
    public void A_missing_data_file_is_named()
    {
        using var folder = new TemporaryFolder();
        ModelProto model = TinyModels.MatMul(s_weights);
        new ExternalData("gone.data", 0, 32).Store(model.Graph.Initializer[0]);
        File.WriteAllBytes(folder["m.onnx"], model.ToByteArray());
        Should.Throw<FileNotFoundException>(() => OnnxModelFile.Read(folder["m.onnx"])).Message.ShouldContain("gone.data");
    }

    [Fact]
    public void Limits_hold()
    {
        using var folder = new TemporaryFolder();
        OnnxModelFile.Write(
            TinyModels.MatMul(s_weights), folder["m.onnx"], new OnnxWriteOptions { MaxInlineBytes = 0, MinExternalBytes = 1 });
        Should.Throw<OnnxFormatException>(() => OnnxModelFile.Read(folder["m.onnx"], new OnnxReadOptions { MaxFileBytes = 10 }));
        Should.Throw<OnnxFormatException>(() =>
            OnnxModelFile.Read(folder["m.onnx"], new OnnxReadOptions { MaxExternalBytes = 31 }));
        OnnxModelFile.Read(
            folder["m.onnx"], new OnnxReadOptions { MaxExternalBytes = 32 }).Graph.Initializer[0].RawData.Length.ShouldBe(32);
        Should.Throw<ArgumentException>(() =>
            OnnxModelFile.Write(TinyModels.Add(), folder["x"], new OnnxWriteOptions { MaxInlineBytes = -1 }));
    }

    private sealed class UnreadableMemory : System.Buffers.MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(32);

        public override Span<byte> GetSpan() => throw new IOException("gone");

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new IOException("gone");

        public override void Unpin()
        {
            // Nothing is ever pinned.
        }

        protected override void Dispose(bool disposing)
        {
            // Nothing is held.
        }
    }
}
