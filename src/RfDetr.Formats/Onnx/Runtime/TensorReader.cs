using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>Reads tensors that ONNX Runtime computed.</summary>
internal static unsafe class TensorReader
{
    /// <summary>Type, shape and address of a value's elements (memory of the runtime, valid as long as the value).</summary>
    /// <param name="api">Function table.</param>
    /// <param name="value">An OrtValue.</param>
    /// <param name="name">For messages.</param>
    /// <param name="shape">Receives the dimensions.</param>
    /// <param name="rank">Number of dimensions.</param>
    /// <param name="data">First element; null if there are none.</param>
    public static OnnxElementType Read(OrtApi api, nint value, string name, Span<long> shape, out int rank, out void* data)
    {
        int isTensor, type;
        api.Check(api.IsTensor(value, &isTensor), "read output", name);
        if (isTensor == 0)
            throw new OnnxFormatException($"output '{name}' is not a tensor");
        nint info;
        api.Check(api.GetTensorTypeAndShape(value, &info), "read the shape of output", name);
        try
        {
            nuint count;
            api.Check(api.GetTensorElementType(info, &type), "read the element type of output", name);
            api.Check(api.GetDimensionsCount(info, &count), "read the rank of output", name);
            if (count > (nuint)shape.Length)
                throw new OnnxFormatException($"output '{name}' has {count} dimensions, expected at most {shape.Length}");
            rank = (int)count;
            fixed (long* sizes = shape)
            {
                api.Check(api.GetDimensions(info, sizes, count), "read the shape of output", name);
            }
        }
        finally
        {
            api.ReleaseTensorTypeAndShapeInfo(info);
        }

        void* elements;
        api.Check(api.GetTensorMutableData(value, &elements), "read output", name);
        data = elements;
        return (OnnxElementType)type;
    }

    /// <summary>Copies a value into managed memory.</summary>
    public static HostTensor Copy(OrtApi api, nint value, string name)
    {
        Span<long> sizes = stackalloc long[ShapeCheck.MaxRank];
        OnnxElementType type = Read(api, value, name, sizes, out int rank, out void* data);
        if (!type.TryToDType(out DType dtype))
            throw new OnnxFormatException($"output '{name}' has elements of type {type}, which cannot be read here");
        var shape = new int[rank];
        long bytes = dtype.SizeInBytes();
        for (int i = 0; i < rank; i++)
        {
            shape[i] = checked((int)sizes[i]);
            bytes *= shape[i];
        }

        if (bytes > Array.MaxLength)
            throw new OnnxFormatException($"output '{name}' takes {bytes} bytes, more than one array holds; ask for fewer images at once");
        byte[] copy = GC.AllocateUninitializedArray<byte>((int)bytes);
        new ReadOnlySpan<byte>(data, copy.Length).CopyTo(copy);
        return new HostTensor(dtype, shape, copy);
    }
}
