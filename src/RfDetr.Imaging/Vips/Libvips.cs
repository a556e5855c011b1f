using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>
/// The libvips that decodes, encodes and sets text: found and initialized once per process, at the first use.
/// Set <c>RFDETR_LIBVIPS</c> to a library file or its folder to choose another one.
/// </summary>
public static unsafe class Libvips
{
    private const string EnvironmentVariable = "RFDETR_LIBVIPS";

    private static readonly Lazy<(VipsApi Api, string Path)> Loaded = new(Load);

    /// <summary>Version of the loaded library, for example <c>8.18.7</c>.</summary>
    /// <exception cref="LibvipsMissingException">No libvips could be loaded.</exception>
    public static string Version =>
        Marshal.PtrToStringUTF8((nint)Api.VersionString()) ?? "unknown";

    /// <summary>The file the library was loaded from, or the bare name the system's search path resolved.</summary>
    /// <exception cref="LibvipsMissingException">No libvips could be loaded.</exception>
    public static string Path => Loaded.Value.Path;

    /// <summary>Formats that are read here: those the loaded library was built for, and BMP, which needs none.</summary>
    /// <exception cref="LibvipsMissingException">No libvips could be loaded.</exception>
    public static IReadOnlyList<ImageFormat> ReadableFormats => [.. Enum.GetValues<ImageFormat>().Where(IsReadable)];

    internal static VipsApi Api => Loaded.Value.Api;

    private static bool IsReadable(ImageFormat format)
    {
        if (format == ImageFormat.Bmp)
            return true;
        try
        {
            using var loader = new VipsOperation(format.Loader());
            return true;
        }
        catch (VipsException)
        {
            return false;
        }
    }

    private static (VipsApi Api, string Path) Load()
    {
        var tried = new List<string>();
        nint library = NativeSearch.Load(null, EnvironmentVariable, FileNames(), NpmFolders(), tried);
        if (library == 0)
            throw new LibvipsMissingException(tried);
        var api = new VipsApi(library, tried[^1]);
        Initialize(api);
        return (api, tried[^1]);
    }

    private static void Initialize(VipsApi api)
    {
        fixed (byte* name = "rfdetr\0"u8)
        {
            if (api.Init(name) != 0)
                throw new InvalidOperationException($"libvips did not start: {api.TakeError()}");
        }

        // libvips and Pango report doubtful files as GLib warnings on stderr; a library has no business there.
        fixed (byte* vips = "VIPS\0"u8, pango = "Pango\0"u8, glib = "GLib-GObject\0"u8)
        {
            foreach (nint domain in (ReadOnlySpan<nint>)[(nint)vips, (nint)pango, (nint)glib])
                api.LogSetHandler((byte*)domain, VipsApi.LogLevelsBelowError, &Ignore, null);
        }

        api.BlockUntrustedSet(1);
        api.CacheSetMax(0);        // results are never looked up again: the cache would only hold memory
        api.ConcurrencySet(1);     // many images at once beat many threads on one
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static void Ignore(byte* domain, int level, byte* message, void* data)
    {
    }

    private static string[] FileNames() =>
        OperatingSystem.IsWindows() ? ["libvips-42.dll"]
        : OperatingSystem.IsMacOS() ? ["libvips-cpp.*.dylib", "libvips.42.dylib"]
        : ["libvips-cpp.so.*", "libvips.so.42"];

    private static string[] NpmFolders()
    {
        string architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        string package = OperatingSystem.IsWindows() ? $"sharp-win32-{architecture}"
            : OperatingSystem.IsMacOS() ? $"sharp-libvips-darwin-{architecture}"
            : $"sharp-libvips-linux-{architecture}";
        return [System.IO.Path.Combine("@img", package, "lib")];
    }
}
