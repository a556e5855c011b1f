namespace RfDetr.Torch;

/// <summary>
/// Switches the recording of gradients on this thread, and back when disposed. Cannot cross an <c>await</c>: the mode is the
/// thread's.
/// </summary>
internal readonly ref struct GradMode
{
    private readonly long _before;

    internal GradMode(bool enabled)
    {
        TorchLoader.Load();
        _before = Shim.rt_setting(Setting.Grad);
        Shim.Check(Shim.rt_set_setting(Setting.Grad, enabled ? 1 : 0));
    }

    /// <summary>Puts the mode before back.</summary>
    public void Dispose() => _ = Shim.rt_set_setting(Setting.Grad, _before);
}

/// <summary>libtorch's inference mode on this thread until disposed.</summary>
internal readonly ref struct InferenceMode
{
    private readonly nint _guard;

    internal InferenceMode(bool enabled)
    {
        TorchLoader.Load();
        _guard = enabled ? Shim.rt_inference_enter() : 0;
    }

    /// <summary>Leaves the mode.</summary>
    public void Dispose()
    {
        if (_guard != 0)
            Shim.rt_inference_leave(_guard);
    }
}

/// <summary>Mixed precision on this thread until disposed.</summary>
internal readonly ref struct AutocastMode
{
    private readonly int _kind;
    private readonly long _before;

    internal AutocastMode(ScalarType type, Device device)
    {
        TorchLoader.Load();
        if (type is not (ScalarType.BFloat16 or ScalarType.Float16 or ScalarType.Float32))
            throw new ArgumentException(
                $"autocast computes in BFloat16 or Float16 (or Float32 for none), not in {type}", nameof(type));
        if (type == ScalarType.Float16 && device.Kind == DeviceKind.Cpu && TorchRuntime.Version < new Version(2, 2))
            throw new ArgumentException(
                $"autocast on the CPU computes in BFloat16 with libtorch {TorchRuntime.Version}, not in {type}", nameof(type));
        _kind = (int)device.Kind;
        _before = Shim.rt_autocast(_kind);
        Shim.Check(Shim.rt_set_autocast(_kind, type == ScalarType.Float32 ? -1 : (long)type));
    }

    /// <summary>Puts the mode before back.</summary>
    public void Dispose() => _ = Shim.rt_set_autocast(_kind, _before);
}
