namespace RfDetr.Torch;

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
