using System.Buffers.Binary;
using Google.Protobuf.Collections;
using RfDetr.Onnx.Proto;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>Constants whose elements are in a list of their type (float_data, int32_data, …) instead of raw bytes.</summary>
internal static class TypedLists
{
    /// <summary>The list's elements as little-endian bytes; empty if the list is.</summary>
    public static byte[] Pack(TensorProto proto, DType dtype) => dtype switch
    {
        DType.Float32 => Pack(proto.FloatData, 4, static (to, v) => BinaryPrimitives.WriteSingleLittleEndian(to, v)),
        DType.Float64 => Pack(proto.DoubleData, 8, static (to, v) => BinaryPrimitives.WriteDoubleLittleEndian(to, v)),
        DType.Int64 => Pack(proto.Int64Data, 8, static (to, v) => BinaryPrimitives.WriteInt64LittleEndian(to, v)),
        DType.Int32 => Pack(proto.Int32Data, 4, static (to, v) => BinaryPrimitives.WriteInt32LittleEndian(to, v)),
        // The narrow types sit in int32_data one element per entry, floats as their bits.
        DType.Float16 or DType.BFloat16 or DType.Int16 =>
            Pack(proto.Int32Data, 2, static (to, v) => BinaryPrimitives.WriteUInt16LittleEndian(to, unchecked((ushort)v))),
        _ => Pack(proto.Int32Data, 1, static (to, v) => to[0] = unchecked((byte)v)),
    };

    private static byte[] Pack<T>(RepeatedField<T> values, int size, PackOne<T> pack)
    {
        var bytes = new byte[checked(values.Count * size)];
        for (int i = 0; i < values.Count; i++)
            pack(bytes.AsSpan(i * size, size), values[i]);
        return bytes;
    }

    private delegate void PackOne<in T>(Span<byte> destination, T value);
}
