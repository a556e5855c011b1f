using System.Buffers.Binary;

namespace RfDetr.Checkpoints;

/// <summary>NumPy scalars become numbers; types and arrays become maps that hold what the file says, undecoded.</summary>
internal static class NumpyValues
{
    public const string DTypeName = "numpy.dtype";
    public const string ArrayName = "numpy.ndarray";

    /// <summary><c>dtype('f8', align, copy)</c></summary>
    public static object DType(object?[] arguments, PickleContext file)
    {
        if (arguments is not [string code, ..])
            throw Wrong(file);
        var type = new PlainMap { TypeName = DTypeName };
        type.Set("code", code);
        return type;
    }

    /// <summary><c>_reconstruct(ndarray, (0,), b'b')</c>: an empty array that its state fills.</summary>
    public static object Array(object?[] arguments, PickleContext file) =>
        arguments is [PickleGlobal { Name: ArrayName }, ..] ? new PlainMap { TypeName = ArrayName } : throw Wrong(file);

    /// <summary><c>_frombuffer(bytes, dtype, shape, order)</c>: how protocol 5 writes an array.</summary>
    public static object FromBuffer(object?[] arguments, PickleContext file)
    {
        if (arguments is not [byte[] data, PlainMap { TypeName: DTypeName } type, object?[] shape, string order])
            throw Wrong(file);
        return Fill(new PlainMap { TypeName = ArrayName }, shape, type, order == "F", data);
    }

    /// <summary><c>scalar(dtype, bytes)</c> as a number.</summary>
    public static object Scalar(object?[] arguments, PickleContext file)
    {
        if (arguments is not [PlainMap { TypeName: DTypeName } type, byte[] bytes] || type["byteorder"] is ">")
            throw Wrong(file);
        return (type["code"], bytes.Length) switch
        {
            // The casts keep the switch from making doubles of all.
            ("f8", 8) => (object)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
            ("f2", 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            ("i2", 2) => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes),
            ("i1", 1) => (long)(sbyte)bytes[0],
            ("u4", 4) => (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            ("u2", 2) => (long)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            ("u1", 1) => (long)bytes[0],
            ("b1", 1) => bytes[0] != 0,
            _ => throw Wrong(file),
        };
    }

    /// <summary>State of a type: (version, byte order, …); of an array: (version, shape, type, Fortran order, bytes).</summary>
    public static void Build(PlainMap map, object?[] state, PickleContext file)
    {
        switch (map.TypeName, state)
        {
            case (DTypeName, [_, string order, ..]):
                map.Set("byteorder", order);
                break;
            case (ArrayName, [_, object?[] shape, PlainMap { TypeName: DTypeName } type, bool fortran, byte[] data]):
                Fill(map, shape, type, fortran, data);
                break;
            default:
                throw new CheckpointFormatException(
                    $"{file.Name}: a NumPy value of an unknown kind; convert it to a plain number and save again");
        }
    }

    private static PlainMap Fill(PlainMap array, object?[] shape, PlainMap type, bool fortran, byte[] data)
    {
        array.Set("shape", shape);
        array.Set("dtype", type);
        array.Set("fortran_order", fortran);
        array.Set("data", data);
        return array;
    }

    private static CheckpointFormatException Wrong(PickleContext file) =>
        new($"{file.Name}: a NumPy value of an unknown kind; convert it to a plain number and save again");
}
