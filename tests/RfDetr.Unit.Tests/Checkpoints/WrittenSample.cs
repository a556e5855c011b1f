using System.Runtime.InteropServices;
using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr.Tests.Checkpoints;

/// <summary>
/// A small checkpoint with every element type and kind of value; PyTorch has read the file it makes (see tests/goldens/written).
/// </summary>
internal static class WrittenSample
{
    public static CheckpointContent Content => new()
    {
        Weights = new MapWeights
        {
            ["class_embed.weight"] = Tensor<float>(DType.Float32, [4, 3], i => i * 0.37f - 1),
            ["class_embed.bias"] = Tensor<float>(DType.Float32, [4], i => i - 1.5f),
            ["half"] = Tensor<Half>(DType.Float16, [3], i => (Half)(i * 0.25f)),
            ["bfloat16"] = Tensor<ushort>(DType.BFloat16, [3], i => (ushort)(BitConverter.SingleToUInt32Bits(i - 0.5f) >> 16)),
            ["double"] = Tensor<double>(DType.Float64, [2, 1], i => i + 1e-12),
            ["int64"] = Tensor<long>(DType.Int64, [3], i => (long)i << 40),
            ["int32"] = Tensor<int>(DType.Int32, [3], i => -i),
            ["int16"] = Tensor<short>(DType.Int16, [3], i => (short)(i * 300)),
            ["int8"] = Tensor<sbyte>(DType.Int8, [3], i => (sbyte)(-i)),
            ["uint8"] = Tensor<byte>(DType.UInt8, [3], i => (byte)(250 + i)),
            ["bool"] = Tensor<byte>(DType.Bool, [3], i => (byte)(i & 1)),
            ["scalar"] = Tensor<float>(DType.Float32, [], _ => 2.5f),
            ["empty"] = Tensor<float>(DType.Float32, [0, 4], _ => 0),
        },
        Ema = new MapWeights { ["class_embed.bias"] = Tensor<float>(DType.Float32, [4], i => i + 0.25f) },
        Args = new PlainMap(
        [
            new("num_classes", 3L), new("class_names", new List<object?> { "RBC", "WBC", "Plättchen" }), new("lr", 1e-4),
            new("one", 1.0),
            new("amp", true), new("pretrain_weights", null), new("big", 1L << 40), new("negative", -7L),
            new("projector_scale", new List<object?> { "P4" }), new("betas", new object?[] { 0.9, 0.999 }),
        ]),
        Metadata = new PlainMap(
            [new("epoch", 7L), new("rfdetr_version", "1.4.1"), new("nested", new PlainMap([new("k", new List<object?>())]))]),
        ClassMap = new ClassMap(
            4, [new ClassEntry(1, "RBC", 1), new ClassEntry(2, "WBC", 2), new ClassEntry(3, "Plättchen", 3)], "test"),
    };

    private static HostTensor Tensor<T>(DType dtype, int[] shape, Func<int, T> value)
        where T : unmanaged
    {
        T[] values = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(value)];
        return new HostTensor(dtype, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }
}
