using System.Buffers.Binary;
using System.Collections;
using System.Numerics;
using System.Text;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>
/// Writes plain values as a protocol 2 pickle with the instructions that PyTorch's <c>weights_only</c> loading accepts.
/// </summary>
internal sealed class PickleWriter
{
    private readonly MemoryStream _out = new();
    private readonly Dictionary<string, uint> _memo = [];
    private readonly Dictionary<HostTensor, string> _keys = new(ReferenceEqualityComparer.Instance);

    /// <summary>The tensors in the order of their storage keys 0, 1, ….</summary>
    public List<HostTensor> Tensors { get; } = [];

    /// <summary>The whole pickle of one value.</summary>
    /// <exception cref="ArgumentException">A value is of a kind that has no plain form.</exception>
    public byte[] Write(object? value)
    {
        _out.Write([0x80, 2]);
        Value(value);
        Op('.');
        return _out.ToArray();
    }

    private void Value(object? value)
    {
        switch (value)
        {
            case null: Op('N'); break;
            case bool flag: Op(flag ? (char)0x88 : (char)0x89); break;
            case string text: Text(text); break;
            case int number: Integer(number); break;
            case long number: Integer(number); break;
            case BigInteger number: Long(number.ToByteArray()); break;
            case float number: Float(number); break;
            case double number: Float(number); break;
            case byte[] bytes:
                Global("_codecs", "encode");
                Text(Encoding.Latin1.GetString(bytes));
                Text("latin1");
                Op((char)0x86);
                Op('R');
                break;
            case HostTensor tensor: Tensor(tensor); break;
            case StoredTensor stored: Tensor(stored.Load()); break;
            case PlainMap map: Map(map); break;
            case IWeightSource weights: Weights(weights); break;
            case object?[] tuple when tuple.GetType() == typeof(object[]):
                Op('(');
                foreach (object? item in tuple)
                    Value(item);
                Op('t');
                break;
            case IList list:
                Op(']');
                Op('(');
                foreach (object? item in list)
                    Value(item);
                Op('e');
                break;
            default:
                throw new ArgumentException(
                    $"a {value.GetType().Name} cannot be stored in a checkpoint; use numbers, texts, lists, maps and tensors",
                    nameof(value));
        }
    }

    private void Map(PlainMap map)
    {
        bool isNamespace = map.TypeName is "argparse.Namespace" or "types.SimpleNamespace";
        if (isNamespace)
        {
            string name = map.TypeName!;
            Global(name[..name.IndexOf('.')], name[(name.IndexOf('.') + 1)..]);
            Op(')');
            Op((char)0x81);
        }
        else if (map.TypeName == "collections.OrderedDict")
        {
            OrderedDict();
        }

        if (map.TypeName != "collections.OrderedDict")
            Op('}');
        Op('(');
        foreach ((object key, object? item) in map)
        {
            Value(key);
            Value(item);
        }

        Op('u');
        if (isNamespace)
            Op('b');
    }

    private void Weights(IWeightSource weights)
    {
        OrderedDict();
        Op('(');
        foreach (string name in weights.Names)
        {
            if (!weights.TryGet(name, out HostTensor? tensor))
                throw new ArgumentException($"the weights list '{name}' but do not give it", nameof(weights));
            Text(name);
            Tensor(tensor);
        }

        Op('u');
    }

    private void Tensor(HostTensor tensor)
    {
        // A tensor met twice (plain and averaged may share) is stored once.
        if (!_keys.TryGetValue(tensor, out string? key))
        {
            key = Tensors.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
            _keys.Add(tensor, key);
            Tensors.Add(tensor);
        }

        Global("torch._utils", "_rebuild_tensor_v2");
        Op('(');
        Op('(');
        Text("storage");
        Global("torch", StorageKind.StorageOf(tensor.DType));
        Text(key);
        Text("cpu");
        Integer(tensor.Count);
        Op('t');
        Op('Q');
        Integer(0);
        Longs([.. tensor.Shape.Select(s => (long)s)]);
        Longs(Strides(tensor.Shape));
        Op((char)0x89);
        OrderedDict();
        Op('t');
        Op('R');
    }

    private static long[] Strides(IReadOnlyList<int> shape)
    {
        var strides = new long[shape.Count];
        long stride = 1;
        for (int i = shape.Count - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(1, shape[i]);
        }

        return strides;
    }

    private void Longs(long[] values)
    {
        Op('(');
        foreach (long value in values)
            Integer(value);
        Op('t');
    }

    private void OrderedDict()
    {
        Global("collections", "OrderedDict");
        Op(')');
        Op('R');
    }

    private void Global(string module, string name)
    {
        string full = $"{module}\n{name}\n";
        if (_memo.TryGetValue(full, out uint index))
        {
            Op('j');
            U32(index);
            return;
        }

        Op('c');
        _out.Write(Encoding.ASCII.GetBytes(full));
        index = (uint)_memo.Count;
        _memo.Add(full, index);
        Op('r');
        U32(index);
    }

    private void Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Op('X');
        U32((uint)utf8.Length);
        _out.Write(utf8);
    }

    private void Integer(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            Op('J');
            U32((uint)(int)value);
            return;
        }

        Long(new BigInteger(value).ToByteArray());
    }

    private void Long(byte[] bytes)
    {
        if (bytes.Length > PickleLimits.MaxIntegerBytes)
            throw new ArgumentException(
                $"an integer of {bytes.Length} bytes cannot be stored; the limit is {PickleLimits.MaxIntegerBytes}",
                nameof(bytes));
        Op((char)0x8A);
        _out.WriteByte((byte)bytes.Length);
        _out.Write(bytes);
    }

    private void Float(double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        Op('G');
        _out.Write(bytes);
    }

    private void U32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _out.Write(bytes);
    }

    private void Op(char opcode) => _out.WriteByte((byte)opcode);
}
