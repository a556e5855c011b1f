using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace RfDetr.Torch;

/// <summary>Finds and loads the shim, and with it libtorch, once per process.</summary>
internal static unsafe class TorchLoader
{
    private const string CoreType = "OPENBLAS_CORETYPE";

    private static readonly Lock Gate = new();
    private static nint _handle;

    internal static nint Handle => Volatile.Read(ref _handle);

    /// <summary>Loads the library if it is not loaded yet.</summary>
    /// <exception cref="TorchMissingException">It is not there, or it was built for another libtorch.</exception>
    internal static void Load()
    {
        if (Volatile.Read(ref _handle) != 0)
            return;
        lock (Gate)
        {
            if (_handle != 0)
                return;
            PrepareEnvironment();
            nint handle = Find();
            NativeLibrary.SetDllImportResolver(typeof(Shim).Assembly, (name, _, _) => name == Shim.Library ? handle : 0);
            CheckVersion();
            Volatile.Write(ref _handle, handle);
            TorchRuntime.Threads = TorchRuntime.PhysicalCores;
        }
    }

    private static nint Find()
    {
        string[] names = OperatingSystem.IsWindows() ? ["rfdetr_torch.dll"]
            : OperatingSystem.IsMacOS() ? ["librfdetr_torch.dylib"] : ["librfdetr_torch.so"];
        var tried = new List<string>();
        string? chosen = Environment.GetEnvironmentVariable("RFDETR_TORCH") is { Length: > 0 } path
            ? path
            : CheckoutBuild(names[0]);
        nint handle = NativeSearch.Load(chosen, "RFDETR_TORCH", names, tried);
        return handle != 0 ? handle : throw new TorchMissingException(
            $"the library {names[0]}, through which libtorch is used, could not be loaded; looked at: "
                + $"{string.Join(", ", tried)}. " +
            "In a source checkout, run eng/torch.sh: it installs libtorch where it can and builds the library (cmake, g++). " +
            $"Else point the environment variable RFDETR_TORCH at it.{Reason(tried)}");
    }

    // What the system's loader says of a file that is there but does not load, such as a libtorch that was removed since.
    private static string Reason(List<string> tried)
    {
        string? there = tried.FirstOrDefault(File.Exists);
        if (there is null)
            return "";
        try
        {
            NativeLibrary.Free(NativeLibrary.Load(there));
            return "";
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            return " " + error.Message;
        }
    }

    private static string? CheckoutBuild(string name)
    {
        string home = AppContext.BaseDirectory;
        if (File.Exists(Path.Combine(home, name)))
            return null;
        for (DirectoryInfo? at = new(home); at is not null; at = at.Parent)
        {
            string built = Path.Combine(at.FullName, "native", "torch", "build", name);
            if (File.Exists(built))
                return built;
        }

        return null;
    }

    /// <summary>Refuses a shim that follows another interface.</summary>
    /// <param name="read">Asks the shim; libraries from before there was a number do not have the function.</param>
    /// <exception cref="TorchMissingException">It is another one.</exception>
    internal static void RequireInterface(Func<int> read)
    {
        int found;
        try
        {
            found = read();
        }
        catch (EntryPointNotFoundException)
        {
            found = 1;
        }

        if (found != Shim.Interface)
            throw new TorchMissingException(
                Invariant.Text($"the shim has interface {found}, this program needs {Shim.Interface}; run eng/torch.sh to build ")
                    + "it again, or point RFDETR_TORCH at one that was built with this version");
    }

    private static void CheckVersion()
    {
        RequireInterface(Shim.rt_interface);
        string built = Marshal.PtrToStringUTF8((nint)Shim.rt_built_version()) ?? "";
        string config = Marshal.PtrToStringUTF8((nint)Shim.rt_loaded_config()) ?? "";
        const string key = "TORCH_VERSION=";
        int at = config.IndexOf(key, StringComparison.Ordinal);
        if (at < 0)
            return;
        string loaded = config[(at + key.Length)..].Split(',', ' ', '\n')[0];
        if (MajorMinor(loaded) != MajorMinor(built))
            throw new TorchMissingException(
                $"the shim was built for libtorch {built}, but libtorch {loaded} is loaded; run eng/torch.sh to build it again");
    }

    private static string MajorMinor(string version) => string.Join('.', version.Split('.').Take(2));

    // These settings are read when the libraries are loaded.
    private static void PrepareEnvironment()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Threads of two pools (OpenMP's, OpenBLAS's) that spin while they wait take the cores from each other: 2.5 times slower.
        NativeEnvironment.SetDefault("OMP_WAIT_POLICY", "passive");
        if (BlasKernels(Environment.GetEnvironmentVariable(CoreType), HasAvx512) is { } kernels)
            NativeEnvironment.Set(CoreType, kernels);
    }

    /// <summary>The kernels that OpenBLAS is to take, by its own name of a processor; null leaves the choice to it.</summary>
    /// <remarks>
    /// OpenBLAS goes by the model number of the processor, and the releases that distributions carry take those that are newer
    /// than they are for much older ones: 0.3.21 computes on a Xeon of 2023 with kernels of 2004. <c>Haswell</c>, which some
    /// machines preset for all processors, leaves half of the vector unit idle. The AVX-512 kernels of <c>SkylakeX</c> run
    /// wherever F, CD, BW, DQ and VL are there. Any other value is somebody's own choice.
    /// </remarks>
    internal static string? BlasKernels(string? present, bool hasAvx512) =>
        hasAvx512 && present is (null or "" or "Haswell") ? "SkylakeX" : null;

    private static bool HasAvx512 =>
        Avx512F.VL.IsSupported && Avx512CD.IsSupported && Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported;
}
