using RfDetr.Onnx;
using RfDetr.Onnx.Proto;
using RfDetr.Tensors;

namespace RfDetr.Tests.Onnx;

public sealed class OnnxTensorTests
{
    [Fact]
    public void Raw_constants_share_memory_both_ways()
    {
        HostTensor tensor = HostTensor.Of([1f, 2, 3, 4, 5, 6], 2, 3);
        TensorProto proto = OnnxTensor.ToProto("w", tensor);
        HostTensor back = OnnxTensor.ToHost(proto);
        proto.Dims.ShouldBe([2, 3]);
        back.Shape.ShouldBe([2, 3]);
        (back.Bytes.Span == tensor.Bytes.Span).ShouldBeTrue(); // the same place, not only the same values
    }

    [Fact]
    public void Typed_lists_are_packed()
    {
        Typed(OnnxElementType.Float32, t => t.FloatData.Add([1.5f, -2])).ToSingles().ShouldBe([1.5f, -2]);
        Typed(OnnxElementType.Float64, t => t.DoubleData.Add([1.5, -2])).ToSingles().ShouldBe([1.5f, -2]);
        Typed(OnnxElementType.Int64, t => t.Int64Data.Add([5, -7])).Span<long>().ToArray().ShouldBe([5, -7]);
        Typed(OnnxElementType.Int32, t => t.Int32Data.Add([5, -7])).Span<int>().ToArray().ShouldBe([5, -7]);
        Typed(OnnxElementType.Int8, t => t.Int32Data.Add([5, -7])).Span<sbyte>().ToArray().ShouldBe([5, -7]);
        Typed(OnnxElementType.UInt8, t => t.Int32Data.Add([5, 200])).Span<byte>().ToArray().ShouldBe([5, 200]);
        Typed(OnnxElementType.Float16, t => t.Int32Data.Add([0x3c00, 0xc000])).ToSingles().ShouldBe([1, -2]);
    }

    [Theory]
    [InlineData(new long[] { 3 })]
    [InlineData(new long[] { -1 })]
    [InlineData(new long[] { 1L << 40 })]
    [InlineData(new long[] { int.MaxValue, int.MaxValue, int.MaxValue })]
    public void Shapes_that_do_not_fit_are_refused(long[] shape)
    {
        TensorProto proto = OnnxTensor.ToProto("w", HostTensor.Of([1f, 2], 2));
        proto.Dims.Clear();
        proto.Dims.Add(shape);
        Should.Throw<OnnxFormatException>(() => OnnxTensor.ToHost(proto)).Message.ShouldContain("'w'");
    }

    [Fact]
    public void Every_element_type_has_its_onnx_number_and_comes_back()
    {
        foreach (DType dtype in Enum.GetValues<DType>())
        {
            dtype.ToOnnx().TryToDType(out DType back).ShouldBeTrue();
            back.ShouldBe(dtype);
            dtype.ToOnnx().SizeInBytes().ShouldBe(dtype.SizeInBytes());
            Enum.IsDefined((TensorProto.Types.DataType)(int)dtype.ToOnnx()).ShouldBeTrue();
        }
    }

    private static HostTensor Typed(OnnxElementType type, Action<TensorProto> fill)
    {
        var proto = new TensorProto { Name = "t", DataType = (int)type };
        proto.Dims.Add(2);
        fill(proto);
        return OnnxTensor.ToHost(proto);
    }
}
