using System.Runtime.InteropServices;

namespace RfDetr.Torch;

/// <summary>
/// libtorch as a whole: version, threads, seeds, modes. Every member loads the library where it is not loaded yet.
/// </summary>
internal static unsafe class TorchRuntime
{
    /// <summary>True if libtorch can be used here; false leaves the reason in <paramref name="reason"/>.</summary>
    public static bool IsAvailable(out string reason)
    {
        try
        {
            TorchLoader.Load();
            reason = "";
            return true;
        }
        catch (TorchMissingException error)
        {
            reason = error.Message;
            return false;
        }
    }

    /// <summary>Version of libtorch, such as <c>1.13.0</c>.</summary>
    /// <exception cref="TorchMissingException">There is no libtorch.</exception>
    public static Version Version
    {
        get
        {
            TorchLoader.Load();
            string text = Marshal.PtrToStringUTF8((nint)Shim.rt_built_version()) ?? "0.0";
            return Version.Parse(text.Split('+', '-')[0]);
        }
    }

    /// <summary>Build of libtorch: compiler, BLAS, vector instructions; several lines.</summary>
    public static string BuildConfiguration
    {
        get
        {
            TorchLoader.Load();
            return Marshal.PtrToStringUTF8((nint)Shim.rt_loaded_config()) ?? "";
        }
    }

    /// <summary>
    /// The processor that OpenBLAS takes its kernels for, in its own words; null where another library multiplies.
    /// </summary>
    public static string? BlasKernels
    {
        get
        {
            TorchLoader.Load();
            return NativeLibrary.TryGetExport(TorchLoader.Handle, "openblas_get_corename", out nint name)
                ? Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)name)())
                : null;
        }
    }

    /// <summary>
    /// Threads within one operator, of ATen and of OpenBLAS alike; at least 1. At first the number of physical cores.
    /// </summary>
    public static int Threads
    {
        get
        {
            TorchLoader.Load();
            return (int)Shim.rt_setting(Setting.Threads);
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            TorchLoader.Load();
            Shim.Check(Shim.rt_set_setting(Setting.Threads, value));
            // A pool of its own, which ATen's setting does not reach; the symbol is looked for in the shim's dependencies.
            if (NativeLibrary.TryGetExport(TorchLoader.Handle, "openblas_set_num_threads", out nint set))
                ((delegate* unmanaged<int, void>)set)(value);
        }
    }

    /// <summary>
    /// Tensors that are held by this process through handles; constant from step to step unless something leaks.
    /// </summary>
    public static long LiveTensors
    {
        get
        {
            TorchLoader.Load();
            return Shim.rt_live();
        }
    }

    /// <summary>
    /// Devices of a kind that this libtorch can use: 0 for GPUs where it was built without them, or the machine has none.
    /// </summary>
    public static int DeviceCount(DeviceKind kind)
    {
        TorchLoader.Load();
        return (int)Math.Max(0, Shim.rt_device_count((int)kind));
    }

    /// <summary>Checks that a device is there; says in one line what is missing and how to get it.</summary>
    /// <exception cref="TorchException">This libtorch was built without such devices, or the machine has fewer.</exception>
    public static void Require(Device device)
    {
        if (device.IsCpu)
            return;
        int there = DeviceCount(device.Kind);
        const string cure =
            "use another device, or a libtorch that was built for it (in a checkout: RFDETR_LIBTORCH=FOLDER eng/torch.sh)";
        if (there == 0)
            throw new TorchException(
                $"device {device} cannot be used: libtorch {Version} finds no device of the kind {device.Kind} here; {cure}");
        if (device.Index >= there)
            throw new TorchException($"device {device} cannot be used: there are {there} of the kind, numbered from 0");
    }

    /// <summary>True if gradients are recorded on this thread.</summary>
    public static bool GradEnabled
    {
        get
        {
            TorchLoader.Load();
            return Shim.rt_setting(Setting.Grad) != 0;
        }
    }

    /// <summary>Seeds the generators of all devices.</summary>
    public static void ManualSeed(long seed)
    {
        TorchLoader.Load();
        Shim.Check(Shim.rt_manual_seed(unchecked((ulong)seed)));
    }

    /// <summary>
    /// The state of a device's random generator (5,056 bytes on the CPU); <see cref="SetGeneratorState"/> continues from it.
    /// </summary>
    public static byte[] GeneratorState(Device device = default)
    {
        TorchLoader.Load();
        nint state;
        Shim.Check(Shim.rt_generator_state((int)device.Kind, device.Index, &state));
        using TorchTensor tensor = TorchTensor.Own(state, scoped: false);
        return tensor.ToArray<byte>();
    }

    /// <summary>Sets a device's generator to a state read before.</summary>
    public static void SetGeneratorState(ReadOnlySpan<byte> state, Device device = default)
    {
        using TorchTensor tensor = TorchTensor.From(state, [state.Length]);
        Shim.Check(Shim.rt_set_generator_state((int)device.Kind, device.Index, tensor.Raw));
    }

    /// <summary>No gradients are recorded on this thread until the guard is disposed.</summary>
    public static GradMode NoGrad() => new(false);

    /// <summary>Gradients are recorded on this thread until the guard is disposed.</summary>
    public static GradMode EnableGrad() => new(true);

    /// <summary>
    /// As <see cref="NoGrad"/>, and tensors made meanwhile can never take part in a backward pass: a little quicker.
    /// </summary>
    public static InferenceMode InferenceMode() => new(true);

    /// <summary>
    /// Products and convolutions on this thread compute in <paramref name="type"/> until the guard is disposed; sums, norms and
    /// softmax follow torch's rules.
    /// </summary>
    /// <param name="type">BFloat16 or, on GPUs, Float16; Float32 switches autocast off.</param>
    /// <param name="device">The kind of device it is for.</param>
    public static AutocastMode Autocast(ScalarType type, Device device = default) => new(type, device);

    internal static int PhysicalCores => ProcessorCores.Physical;
}
