namespace RfDetr.Torch;

/// <content>Gradients.</content>
internal sealed unsafe partial class TorchTensor
{
    /// <summary>True if operations on it are recorded for the backward pass. May be set on leaves of floating type.</summary>
    public bool RequiresGrad
    {
        get => Describe().RequiresGrad != 0;
        set
        {
            Shim.Check(Shim.rt_set_requires_grad(Raw, value ? 1 : 0));
            GC.KeepAlive(this);
        }
    }

    /// <summary>True if it was not computed from others that need gradients.</summary>
    public bool IsLeaf => Describe().IsLeaf != 0;

    /// <summary>
    /// The gradient that backward passes have accumulated here; null if there is none. Each read makes a new handle on the same
    /// tensor. Setting null clears it.
    /// </summary>
    public TorchTensor? Grad
    {
        get
        {
            nint raw;
            Shim.Check(Shim.rt_grad(Raw, &raw));
            GC.KeepAlive(this);
            return raw == 0 ? null : Own(raw);
        }

        set
        {
            Shim.Check(Shim.rt_set_grad(Raw, value?.Raw ?? 0));
            GC.KeepAlive(this);
            GC.KeepAlive(value);
        }
    }

    /// <summary>Adds the gradient of this tensor to the <see cref="Grad"/> of every leaf that it was computed from.</summary>
    /// <param name="gradient">Gradient that is propagated; null is one, for a tensor of one element.</param>
    /// <param name="retainGraph">Keep what was recorded, for a further pass.</param>
    /// <exception cref="TorchException">Nothing was recorded, or the pass failed.</exception>
    public void Backward(TorchTensor? gradient = null, bool retainGraph = false)
    {
        nint root = Raw, given = gradient?.Raw ?? 0;
        int status = Shim.rt_backward(&root, &given, 1, retainGraph ? 1 : 0);
        GC.KeepAlive(this);
        GC.KeepAlive(gradient);
        Shim.Check(status);
    }

    /// <summary>One backward pass from several tensors at once.</summary>
    /// <param name="roots">Tensors that it begins at.</param>
    /// <param name="gradients">Gradients that are propagated from each; null entries are one.</param>
    public static void Backward(TorchTensor[] roots, TorchTensor?[] gradients)
    {
        ArgumentNullException.ThrowIfNull(roots);
        ArgumentNullException.ThrowIfNull(gradients);
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradients.Length, roots.Length);
        nint[] from = Array.ConvertAll(roots, static t => t.Raw), with = Array.ConvertAll(gradients, static t => t?.Raw ?? 0);
        int status;
        fixed (nint* a = from, b = with)
            status = Shim.rt_backward(a, b, roots.Length, 0);
        GC.KeepAlive(roots);
        GC.KeepAlive(gradients);
        Shim.Check(status);
    }

    /// <summary>Gradients of this tensor by given inputs; nothing is accumulated. Null where an input takes no part.</summary>
    public TorchTensor?[] GradientsOf(TorchTensor[] inputs, TorchTensor? gradient = null, bool createGraph = false)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        nint root = Raw, given = gradient?.Raw ?? 0;
        nint[] by = Array.ConvertAll(inputs, static t => t.Raw);
        var results = new nint[inputs.Length];
        int status;
        fixed (nint* a = by, b = results)
            status = Shim.rt_gradients(&root, &given, 1, a, by.Length, createGraph ? 1 : 0, b);
        GC.KeepAlive(this);
        GC.KeepAlive(gradient);
        GC.KeepAlive(inputs);
        Shim.Check(status);
        return Array.ConvertAll(results, static raw => raw == 0 ? null : Own(raw));
    }
}
