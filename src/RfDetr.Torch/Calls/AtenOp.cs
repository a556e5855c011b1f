using System.Runtime.InteropServices;
using System.Text;

namespace RfDetr.Torch;

/// <summary>
/// One operator of libtorch by its exact name and overload (<c>aten::add.Tensor</c>). It is looked up at the first call and kept;
/// calls go through the dispatcher, so autograd and autocast take part. Trailing arguments that are not given have the schema's
/// defaults.
/// </summary>
internal sealed unsafe class AtenOp(string name)
{
    private const int StackSlots = 64;
    private nint _handle;

    /// <summary>Name and overload.</summary>
    public string Name => name;

    /// <summary>True if the loaded libtorch has this operator.</summary>
    public bool Exists
    {
        get
        {
            TorchLoader.Load();
            return _handle != 0 || TryFind();
        }
    }

    /// <summary>Calls it and returns its one tensor.</summary>
    /// <exception cref="TorchException">The arguments do not fit, or the operator failed.</exception>
    /// <exception cref="ObjectDisposedException">A tensor was disposed before.</exception>
    public TorchTensor Call(params ReadOnlySpan<TorchArg> args)
    {
        NativeValue* results;
        int count;
        Invoke(args, &results, &count);
        return count == 1 && results[0].Tag == ValueTag.Tensor
            ? TorchTensor.Own(results[0].Pointer)
            : throw Unexpected(results, count, "one tensor");
    }

    /// <summary>Calls it and returns all its tensors; entries are null where it gives none.</summary>
    public TorchTensor[] CallMany(params ReadOnlySpan<TorchArg> args)
    {
        NativeValue* results;
        int count;
        Invoke(args, &results, &count);
        var tensors = new TorchTensor[count];
        for (int i = 0; i < count; i++)
        {
            if (results[i].Tag == ValueTag.Tensor)
                tensors[i] = TorchTensor.Own(results[i].Pointer);
        }

        return tensors;
    }

    /// <summary>Calls it for its effect; what it returns is dropped (operators in place return their first argument).</summary>
    public void Run(params ReadOnlySpan<TorchArg> args) => Invoke(args, null, null);

    /// <summary>Calls it and returns its number or flag.</summary>
    public double Number(params ReadOnlySpan<TorchArg> args)
    {
        NativeValue* results;
        int count;
        Invoke(args, &results, &count);
        return count != 1 ? throw Unexpected(results, count, "one number") : results[0].Tag switch
        {
            ValueTag.Double => results[0].Double,
            ValueTag.Int or ValueTag.Bool => results[0].Int,
            _ => throw Unexpected(results, count, "one number"),
        };
    }

    private void Invoke(ReadOnlySpan<TorchArg> args, NativeValue** results, int* resultCount)
    {
        if (_handle == 0)
            Find();
        // Lists are copied into slots of 8 bytes: on the stack, unless they are those of a whole network's parameters.
        int slots = 0;
        foreach (ref readonly TorchArg arg in args)
            slots += arg.Held is null or TorchTensor ? 0 : Slots(arg);
        long* pool = stackalloc long[StackSlots];
        long[]? rented = slots > StackSlots ? GC.AllocateUninitializedArray<long>(slots, pinned: true) : null;
        if (rented is not null)
            pool = (long*)Marshal.UnsafeAddrOfPinnedArrayElement(rented, 0);
        NativeValue* values = stackalloc NativeValue[args.Length];
        for (int i = 0; i < args.Length; i++)
            pool = Lower(args[i], ref values[i], pool);
        int status = Shim.rt_call(_handle, values, args.Length, results, resultCount);
        foreach (ref readonly TorchArg arg in args)
            GC.KeepAlive(arg.Held);
        GC.KeepAlive(rented);
        Shim.Check(status);
    }

    private static int Slots(in TorchArg arg) => arg.Tag is ValueTag.String or ValueTag.Bools ? (arg.Count + 7) / 8 : arg.Count;

    private static long* Lower(in TorchArg arg, ref NativeValue value, long* pool)
    {
        value.Tag = arg.Tag;
        value.Int = arg.Bits;
        if (arg.Held is TorchTensor tensor)
        {
            value.Pointer = tensor.Raw;
            return pool;
        }

        if (arg.Held is null)
            return pool;
        value.Count = arg.Count;
        value.Pointer = (nint)pool;
        switch (arg.Held)
        {
            case long[] longs: longs.CopyTo(new Span<long>(pool, longs.Length)); break;
            case double[] doubles: doubles.CopyTo(new Span<double>(pool, doubles.Length)); break;
            case bool[] bools: bools.CopyTo(new Span<bool>(pool, bools.Length)); break;
            case string text: Encoding.UTF8.GetBytes(text, new Span<byte>(pool, value.Count)); break;
            case TorchTensor?[] tensors:
                for (int i = 0; i < tensors.Length; i++)
                    pool[i] = tensors[i] is { } item ? item.Raw : 0;
                break;
        }

        return pool + Slots(arg);
    }

    private bool TryFind()
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name + '\0');
        nint handle;
        fixed (byte* p = utf8)
        {
            if (Shim.rt_find(p, &handle) != 0)
                return false;
        }

        _handle = handle;
        return true;
    }

    private void Find()
    {
        TorchLoader.Load();
        if (!TryFind())
            Shim.Check(-1);
    }

    private TorchException Unexpected(NativeValue* results, int count, string wanted)
    {
        for (int i = 0; i < count; i++)
        {
            if (results[i].Tag == ValueTag.Tensor)
                Shim.rt_free(results[i].Pointer);
        }

        return new($"{name} gives {count} results, not {wanted}");
    }
}
