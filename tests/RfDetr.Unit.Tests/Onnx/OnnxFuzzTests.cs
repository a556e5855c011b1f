using Google.Protobuf;
using RfDetr.Onnx;
using RfDetr.Onnx.Proto;

namespace RfDetr.Tests.Onnx;

/// <summary>Damaged files end in a model or in an <see cref="OnnxFormatException"/>, never in anything else.</summary>
public sealed class OnnxFuzzTests
{
    [Fact]
    public void Mutated_models_are_read_or_refused()
    {
        byte[] healthy = Model().ToByteArray();
        var random = new Random(20);
        int refused = 0, read = 0;
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = Mutate(healthy, random);
            try
            {
                ModelProto model = OnnxModelFile.Read(bytes);
                foreach (TensorProto tensor in ExternalData.Tensors(model.Graph))
                    OnnxTensor.ToHost(tensor);
                read++;
            }
            catch (OnnxFormatException)
            {
                refused++;
            }
        }

        // Both ways must have been taken, or the mutations test nothing.
        read.ShouldBeGreaterThan(100);
        refused.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Mutated_models_are_skimmed_or_refused()
    {
        byte[] healthy = Model().ToByteArray();
        var random = new Random(21);
        int refused = 0, read = 0;
        for (int i = 0; i < 5000; i++)
        {
            try
            {
                OnnxModelInfo.Read(new MemoryStream(Mutate(healthy, random)), "mutation");
                read++;
            }
            catch (OnnxFormatException)
            {
                refused++;
            }
        }

        read.ShouldBeGreaterThan(100);
        refused.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Mutated_metadata_is_read_or_refused()
    {
        string healthy = MetadataJson.Write(MetadataJsonTests.Example());
        var random = new Random(22);
        int refused = 0, read = 0;
        for (int i = 0; i < 5000; i++)
        {
            char[] text = healthy.ToCharArray();
            for (int edits = random.Next(1, 4); edits > 0; edits--)
                text[random.Next(text.Length)] = (char)random.Next(32, 127);
            try
            {
                MetadataJson.ReadInference(new string(text));
                read++;
            }
            catch (OnnxFormatException)
            {
                refused++;
            }
        }

        read.ShouldBeGreaterThan(100);
        refused.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        GraphProto graph = new();
        for (int i = 0; i < 200; i++)
        {
            var outer = new GraphProto();
            outer.Node.Add(TinyModels.Node("If", [], "y", new AttributeProto { G = graph }));
            graph = outer;
        }

        byte[] bytes = new ModelProto { IrVersion = 8, Graph = graph }.ToByteArray();
        Should.Throw<OnnxFormatException>(() => OnnxModelFile.Read(bytes));
    }

    private static ModelProto Model()
    {
        ModelProto model = TinyModels.MatMul([1, 2, 3, 4, 5, 6, 7, 8]);
        var typed = new TensorProto { Name = "typed", DataType = (int)OnnxElementType.Float16 };
        typed.Dims.Add(3);
        typed.Int32Data.Add([15360, 0, 1]);
        model.Graph.Initializer.Add(typed);
        model.Graph.Node.Add(TinyModels.GridSample().Graph.Node);
        model.MetadataProps.Add(new StringStringEntryProto { Key = "k", Value = "välue" });
        return model;
    }

    private static byte[] Mutate(byte[] healthy, Random random)
    {
        byte[] bytes = [.. healthy];
        switch (random.Next(4))
        {
            case 0: return bytes[..random.Next(bytes.Length)];
            case 1:
                int at = random.Next(bytes.Length);
                return [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
            default:
                for (int edits = random.Next(1, 5); edits > 0; edits--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
        }
    }
}
