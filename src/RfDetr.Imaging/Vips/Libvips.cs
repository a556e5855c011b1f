using System.Diagnostics;
using Vips = NetVips;

namespace RfDetr;

/// <summary>
/// The native library behind decoding, encoding, and system fonts: libvips, called through the package NetVips. The package
/// NetVips.Native brings a build for every platform; another build is used when it is placed beside the application, or when
/// the application excludes NetVips.Native and the system's search path has one.
/// </summary>
/// <remarks>
/// The first use sets what holds for the whole process: loaders that libvips marks as unsafe for untrusted files are blocked, its
/// cache of results is off, each image is decoded on one thread, and its log messages are dropped. An application that calls
/// NetVips itself can set these again afterwards; images are read here by naming one of six loaders, whatever is blocked.
/// </remarks>
public static class Libvips
{
    /// <summary>8.13 is the first version that can block untrusted loaders.</summary>
    private const int LeastMajor = 8, LeastMinor = 13;

    // GLib prints whatever nobody handles. GLib treats errors as fatal and ends the process, so they cannot be handled.
    private const Vips.Enums.LogLevelFlags Logged = Vips.Enums.LogLevelFlags.Critical | Vips.Enums.LogLevelFlags.Warning
        | Vips.Enums.LogLevelFlags.Message | Vips.Enums.LogLevelFlags.Info | Vips.Enums.LogLevelFlags.Debug;

    private static readonly string?[] s_logDomains = [null, "VIPS", "Pango", "GLib", "GLib-GObject", "GLib-GIO", "GModule"];

    private static readonly Lazy<string> s_version = new(Initialize);

    /// <summary>Version of the loaded library, for example <c>8.18.7</c>.</summary>
    /// <exception cref="LibvipsMissingException">No usable libvips could be loaded.</exception>
    public static string Version => s_version.Value;

    /// <summary>The file that the library was loaded from; null if the system does not say.</summary>
    /// <exception cref="LibvipsMissingException">No usable libvips could be loaded.</exception>
    public static string? Path
    {
        get
        {
            Require();
            using var process = Process.GetCurrentProcess();
            return process.Modules.Cast<ProcessModule>().Select(module => module.FileName)
                .FirstOrDefault(file => System.IO.Path.GetFileName(file).StartsWith("libvips", StringComparison.Ordinal));
        }
    }

    /// <summary>Formats that can be read: those that the loaded library was built for, and BMP, which needs no library.</summary>
    /// <exception cref="LibvipsMissingException">No usable libvips could be loaded.</exception>
    public static IReadOnlyList<ImageFormat> ReadableFormats
    {
        get
        {
            Require();
            return [.. Enum.GetValues<ImageFormat>().Where(IsReadable)];
        }
    }

    /// <summary>
    /// Begins to load the library on another thread, and encodes and decodes one pixel with it, so that the first image finds
    /// it loaded and its calls compiled. A library that is missing is told when that image is decoded.
    /// </summary>
    internal static void Prepare() => Task.Run(static () =>
    {
        try
        {
            var pixel = new PixelFrame(new byte[3], 1, 1, 0, PixelFormat.Rgb24);
            byte[] bytes = ImageEncoder.Encode(pixel, ImageFormat.Jpeg, null);
            _ = ImageDecoder.Decode(bytes, ImageDecoder.BytesName, new ImageLimits());
        }
        catch (LibvipsMissingException)
        {
            // Told as above: the failure is kept.
        }
    });

    /// <summary>Loads and initializes the library unless that was done before.</summary>
    /// <exception cref="LibvipsMissingException">No usable libvips could be loaded.</exception>
    internal static void Require() => _ = s_version.Value;

    private static bool IsReadable(ImageFormat format) =>
        format == ImageFormat.Bmp
        || Vips.NetVips.TypeFind("VipsForeignLoad", $"{format.ToString().ToLowerInvariant()}load_source") != 0;

    private static string Initialize()
    {
        // NetVips loads and starts libvips when its assembly is first touched, and keeps the failure.
        if (!Vips.ModuleInitializer.VipsInitialized)
            throw new LibvipsMissingException(Vips.ModuleInitializer.Exception);
        string version = $"{Vips.NetVips.Version(0)}.{Vips.NetVips.Version(1)}.{Vips.NetVips.Version(2)}";
        if (!Vips.NetVips.AtLeastLibvips(LeastMajor, LeastMinor))
            throw new LibvipsMissingException(version, $"{LeastMajor}.{LeastMinor}");
        foreach (string? domain in s_logDomains)
            Vips.Log.SetLogHandler(domain, Logged, static (_, _, _) => { });
        Vips.NetVips.BlockUntrusted = true;
        Vips.Cache.Max = 0;             // no result is ever looked up again: the cache would only hold memory
        Vips.NetVips.Concurrency = 1;   // many images at once beat many threads on one
        return version;
    }
}
