namespace RfDetr.Torch;

/// <summary>
/// Frees the tensors that were made on this thread since it was opened, except those kept:
/// <c>using var scope = new TorchScope();</c>. Scopes nest; what is kept belongs to the scope around, or to nobody (then its
/// owner disposes it). Cannot cross an <c>await</c>.
/// </summary>
/// <remarks>
/// Without an open scope nothing is tracked, and a forgotten tensor is freed when the garbage collector finds it.
/// </remarks>
internal readonly ref struct TorchScope
{
    [ThreadStatic]
    private static List<TorchTensor>? _made;

    [ThreadStatic]
    private static int _depth;

    private readonly int _start;

    /// <summary>Opens a scope.</summary>
    public TorchScope()
    {
        _made ??= [];
        _start = _made.Count;
        _depth++;
    }

    /// <summary>Open scopes on this thread.</summary>
    public static int Depth => _depth;

    /// <summary>Lets a tensor outlive this scope; it then belongs to the scope around. Returns it.</summary>
    public TorchTensor Keep(TorchTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.Fate = TensorFate.Kept;
        return tensor;
    }

    /// <summary>Lets tensors outlive this scope.</summary>
    public void Keep(IEnumerable<TorchTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        foreach (TorchTensor tensor in tensors)
            Keep(tensor);
    }

    /// <summary>
    /// Takes a tensor out of every scope, for parameters and optimizer state: whoever asked disposes it. Returns it.
    /// </summary>
    public static TorchTensor Detach(TorchTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.Fate = TensorFate.Free;
        return tensor;
    }

    /// <summary>Frees what was made and not kept.</summary>
    public void Dispose()
    {
        List<TorchTensor> made = _made!;
        _depth--;
        int left = _start;
        for (int i = _start; i < made.Count; i++)
        {
            TorchTensor tensor = made[i];
            if (tensor.Fate == TensorFate.Scoped)
            {
                tensor.Dispose();
            }
            else if (tensor.Fate == TensorFate.Kept && _depth > 0)
            {
                tensor.Fate = TensorFate.Scoped;
                made[left++] = tensor;
            }
        }

        made.RemoveRange(left, made.Count - left);
    }

    internal static void Register(TorchTensor tensor)
    {
        if (_depth > 0)
            _made!.Add(tensor);
    }
}

/// <summary>Fates of a tensor when its scope ends.</summary>
internal enum TensorFate : byte
{
    Scoped,
    Kept,
    Free,
}
