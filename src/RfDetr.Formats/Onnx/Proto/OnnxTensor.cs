using System.Buffers.Binary;
using Google.Protobuf;
using Google.Protobuf.Collections;
using RfDetr.Onnx.Proto;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>Constants between <see cref="HostTensor"/> and the file format.</summary>
internal static class OnnxTensor
{
    /// <summary>A constant called <paramref name="name"/> that shows the tensor's own memory: nothing is copied.</summary>
    public static TensorProto ToProto(string name, HostTensor tensor)
    {
        var proto = new TensorProto
        {
            Name = name,
            DataType = (int)tensor.DType.ToOnnx(),
            RawData = UnsafeByteOperations.UnsafeWrap(tensor.Bytes),
        };
        foreach (int size in tensor.Shape)
            proto.Dims.Add(size);
        return proto;
    }

    /// <summary>Reads a constant; raw bytes are shown in place, typed lists are packed.</summary>
    /// <exception cref="OnnxFormatException">The type is not supported, or the size does not fit the shape.</exception>
    public static HostTensor ToHost(TensorProto proto)
    {
        var type = (OnnxElementType)proto.DataType;
        if (!type.TryToDType(out DType dtype))
            throw new OnnxFormatException($"constant '{proto.Name}' has elements of type {type}, which cannot be read here");
        if (proto.DataLocation == TensorProto.Types.DataLocation.External)
            throw new OnnxFormatException($"constant '{proto.Name}' is in another file that was not loaded");
        int[] shape = Shape(proto);
        ReadOnlyMemory<byte> bytes = proto.RawData.IsEmpty ? TypedLists.Pack(proto, dtype) : proto.RawData.Memory;
        long expected = dtype.SizeInBytes();
        foreach (int size in shape)
            expected = Product(proto.Name, expected, size);
        if (bytes.Length != expected)
            throw new OnnxFormatException(
                $"constant '{proto.Name}' {type} [{string.Join(", ", shape)}] takes {expected} bytes, the file has "
                    + $"{bytes.Length}");
        return new HostTensor(dtype, shape, bytes);
    }

    /// <summary>The dimensions, each checked to be a possible size.</summary>
    public static int[] Shape(TensorProto proto)
    {
        var shape = new int[proto.Dims.Count];
        for (int i = 0; i < shape.Length; i++)
        {
            long size = proto.Dims[i];
            if (size is < 0 or > int.MaxValue)
                throw new OnnxFormatException($"constant '{proto.Name}' has a dimension of {size}, expected 0..{int.MaxValue}");
            shape[i] = (int)size;
        }

        return shape;
    }

    private static long Product(string name, long bytes, int size)
    {
        if (size > 0 && bytes > Array.MaxLength / size)
            throw new OnnxFormatException($"constant '{name}' would take more than {Array.MaxLength} bytes");
        return bytes * size;
    }
}

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
