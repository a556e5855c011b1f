using Google.Protobuf;
using RfDetr.Onnx;
using RfDetr.Onnx.Proto;

namespace RfDetr.Tests.Onnx;

public sealed class OnnxModelInfoTests
{
    [Fact]
    public void Facts_are_those_of_the_whole_model()
    {
        ModelProto model = TinyModels.MatMul([1, 2, 3, 4, 5, 6, 7, 8]);
        model.ProducerVersion = "1.2";
        model.MetadataProps.Add(new StringStringEntryProto { Key = "k", Value = "välue" });
        model.Graph.Input.Add(TinyModels.Value("w", OnnxElementType.Float32, 4, 2)); // as old exporters did
        model.Graph.Output.Add(new ValueInfoProto { Name = "odd" });

        OnnxModelInfo info = OnnxModelInfo.Read(new MemoryStream(model.ToByteArray()), "m");

        info.IrVersion.ShouldBe(8);
        info.ProducerName.ShouldBe("rfdetr-tests");
        info.ProducerVersion.ShouldBe("1.2");
        info.GraphName.ShouldBe("tiny");
        info.OperatorSets.ShouldBe(new Dictionary<string, long> { [""] = 17 });
        info.Custom.ShouldBe(new Dictionary<string, string> { ["k"] = "välue" });
        info.NodeCount.ShouldBe(1);
        info.ConstantCount.ShouldBe(1);
        info.ConstantTypes.ShouldBe([OnnxElementType.Float32]);
        info.Inputs.Select(v => v.ToString()).ShouldBe(["'x' Float32 [batch, 4]"]);
        info.Outputs.Select(v => v.ToString()).ShouldBe(["'y' Float32 [batch, 2]", "'odd' Undefined []"]);
    }

    [Fact]
    public void Constants_are_skipped_without_being_read()
    {
        ModelProto model = TinyModels.MatMul([.. Enumerable.Repeat(1f, 8)]);
        model.Graph.Initializer[0].RawData = ByteString.CopyFrom(new byte[1 << 20]);
        using var stream = new CountingStream(model.ToByteArray());
        OnnxModelInfo.Read(stream, "m");
        stream.BytesRead.ShouldBeLessThan(1000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello, this is text")]
    [InlineData("\0\0\0\0")]
    public void Other_files_are_refused(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["m.onnx"], text);
        Should.Throw<OnnxFormatException>(() =>
            OnnxModelInfo.Read(folder["m.onnx"])).Message.ShouldContain("m.onnx' is not an ONNX model");
        Should.Throw<OnnxFormatException>(() =>
            OnnxModelFile.Read(folder["m.onnx"])).Message.ShouldContain("is not an ONNX model");
    }

    private sealed class CountingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long BytesRead { get; private set; }

        public override int Read(byte[] buffer, int offset, int count) => Count(base.Read(buffer, offset, count));

        public override int Read(Span<byte> buffer) => Count(base.Read(buffer));

        public override int ReadByte()
        {
            BytesRead++;
            return base.ReadByte();
        }

        private int Count(int read)
        {
            BytesRead += read;
            return read;
        }
    }
}
