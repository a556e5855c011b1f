using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using RfDetr.Tensors;

namespace RfDetr.Torch;

/// <summary>
/// A part of the network that keeps only its inputs: it runs without recording, and again with recording when its gradient is
/// asked for (arXiv 1604.06174). Random numbers and mixed precision are those of the first run, so the gradients are the same to
/// the bit.
/// </summary>
internal sealed unsafe class CheckpointedSegment
{
    [ThreadStatic]
    private static byte[]? _message;

    private readonly TorchBackend _backend;
    private readonly Func<Tensor[], Tensor> _body;
    private readonly TorchTensor[] _inputs;
    private readonly TensorType[] _types;
    private readonly bool[] _needed;
    private readonly TorchTensor[] _random;
    private readonly long _autocast;
    private readonly int _images;

    private CheckpointedSegment(TorchBackend backend, Func<Tensor[], Tensor> body, Tensor[] inputs)
    {
        _backend = backend;
        _body = body;
        _images = backend.BatchSize;
        _types = Array.ConvertAll(inputs, i => i.Type);
        TorchTensor[] tensors = Array.ConvertAll(inputs, TorchBackend.Unwrap);
        _needed = Array.ConvertAll(tensors, t => t.RequiresGrad);
        _inputs = Array.ConvertAll(tensors, t => TorchScope.Detach(t.Detach()));
        _random = backend.Options.DropPathRate > 0 ? RandomState.Save(backend.Device) : [];
        _autocast = Shim.rt_autocast((int)backend.Device.Kind);
    }

    public static Tensor Run(TorchBackend backend, Func<Tensor[], Tensor> body, Tensor[] inputs)
    {
        var segment = new CheckpointedSegment(backend, body, inputs);
        TorchTensor? output = null;
        bool trainable;
        Tensor result = null!;
        try
        {
            using var scope = new TorchScope();
            using var grad = TorchRuntime.NoGrad();
            trainable = backend.UsesTrainable(() => result = body(segment.Wrap(segment._inputs)));
            output = scope.Keep(TorchBackend.Unwrap(result).Detach());
        }
        catch
        {
            segment.Release();
            throw;
        }

        if (trainable || Array.Exists(segment._needed, n => n))
            segment.Connect(inputs, output);
        else
            segment.Release();
        return new TorchValue(backend, result.Type, output);
    }

    private Tensor[] Wrap(TorchTensor[] tensors)
    {
        var values = new Tensor[tensors.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = new TorchValue(_backend, _types[i], tensors[i]);
        return values;
    }

    // A further input that nothing is computed from makes the pass reach parameters where no input needs a gradient.
    private void Connect(Tensor[] inputs, TorchTensor output)
    {
        using TorchTensor anchor = TorchTensor.Zeros([]);
        anchor.RequiresGrad = true;
        TorchTensor[] tensors = [.. inputs.Select(TorchBackend.Unwrap), anchor];
        nint[] raw = Array.ConvertAll(tensors, t => t.Raw);
        nint made = output.Raw;
        GCHandle self = GCHandle.Alloc(this);
        int status;
        fixed (nint* from = raw)
            status = Shim.rt_function(from, raw.Length, &made, 1, &OnBackward, &OnRelease, GCHandle.ToIntPtr(self));
        GC.KeepAlive(tensors);
        if (status == 0)
            return;
        self.Free();
        Release();
        Shim.Check(status);
    }

    private void Backward(nint outputGrad, nint* inputGrads)
    {
        if (outputGrad == 0)
            return;
        using var scope = new TorchScope();
        using var random = new RandomState(_random, _backend.Device);
        using var grad = TorchRuntime.EnableGrad();
        int images = _backend.BatchSize;
        _backend.BatchSize = _images;
        var leaves = new TorchTensor[_inputs.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            leaves[i] = _inputs[i].Detach();
            if (_needed[i])
                leaves[i].RequiresGrad = true;
        }

        TorchTensor output;
        using (new AutocastMode(_autocast < 0 ? ScalarType.Float32 : (ScalarType)_autocast, _backend.Device))
            output = TorchBackend.Unwrap(_body(Wrap(leaves)));
        _backend.BatchSize = images;
        nint root = output.Raw;
        Shim.Check(Shim.rt_backward(&root, &outputGrad, 1, 0));
        for (int i = 0; i < leaves.Length; i++)
        {
            if (_needed[i])
                Shim.Check(Shim.rt_grad(leaves[i].Raw, &inputGrads[i]));
        }
    }

    private void Release()
    {
        foreach (TorchTensor tensor in _inputs)
            tensor.Dispose();
        foreach (TorchTensor tensor in _random)
            tensor.Dispose();
    }

    // No exception may cross into native code: it travels as a message and comes out of Backward as a TorchException.
    [UnmanagedCallersOnly]
    private static byte* OnBackward(nint context, nint* outputGrads, nint* inputGrads)
    {
        try
        {
            ((CheckpointedSegment)GCHandle.FromIntPtr(context).Target!).Backward(outputGrads[0], inputGrads);
            return null;
        }
        catch (Exception error)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(error.Message + '\0');
            byte[] pinned = GC.AllocateUninitializedArray<byte>(utf8.Length, pinned: true);
            utf8.CopyTo(pinned, 0);
            _message = pinned;
            return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
        }
    }

    [UnmanagedCallersOnly]
    private static void OnRelease(nint context)
    {
        GCHandle handle = GCHandle.FromIntPtr(context);
        ((CheckpointedSegment)handle.Target!).Release();
        handle.Free();
    }
}

/// <summary>Sets the generators to a saved state, and back when disposed.</summary>
internal readonly unsafe ref struct RandomState
{
    private readonly TorchTensor[] _before;
    private readonly Device _device;

    public RandomState(TorchTensor[] state, Device device)
    {
        _device = device;
        _before = state.Length == 0 ? [] : Save(device);
        Restore(state, device);
    }

    /// <summary>The state of a device's generator, outside every scope.</summary>
    public static TorchTensor[] Save(Device device)
    {
        nint raw;
        Shim.Check(Shim.rt_generator_state((int)device.Kind, device.Index, &raw));
        return [TorchTensor.Own(raw, scoped: false)];
    }

    public void Dispose()
    {
        Restore(_before, _device);
        foreach (TorchTensor tensor in _before)
            tensor.Dispose();
    }

    private static void Restore(TorchTensor[] state, Device device)
    {
        if (state.Length > 0)
            Shim.Check(Shim.rt_set_generator_state((int)device.Kind, device.Index, state[0].Raw));
    }
}
