using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>
/// The C functions used of libvips and GObject, as function pointers. Only fixed-argument functions: the variadic
/// ones (<c>vips_jpegload</c>, …) have another calling convention on some platforms.
/// </summary>
internal sealed unsafe class VipsApi
{
    /// <summary>Critical, warning, message, info and debug (bits 3–7 of GLogLevelFlags); errors abort by design.</summary>
    public const int LogLevelsBelowError = 0xF8;

    private readonly nint[] _modules;

    public VipsApi(nint library, string path)
    {
        _modules = [library, .. Companions(path)];
        Init = (delegate* unmanaged[Cdecl]<byte*, int>)Find("vips_init");
        VersionString = (delegate* unmanaged[Cdecl]<byte*>)Find("vips_version_string");
        ErrorBufferCopy = (delegate* unmanaged[Cdecl]<byte*>)Find("vips_error_buffer_copy");
        BlockUntrustedSet = (delegate* unmanaged[Cdecl]<int, void>)Find("vips_block_untrusted_set");
        CacheSetMax = (delegate* unmanaged[Cdecl]<int, void>)Find("vips_cache_set_max");
        ConcurrencySet = (delegate* unmanaged[Cdecl]<int, void>)Find("vips_concurrency_set");
        OperationNew = (delegate* unmanaged[Cdecl]<byte*, nint>)Find("vips_operation_new");
        OperationBuild = (delegate* unmanaged[Cdecl]<nint*, int>)Find("vips_cache_operation_buildp");
        UnrefOutputs = (delegate* unmanaged[Cdecl]<nint, void>)Find("vips_object_unref_outputs");
        ImageFromMemory = (delegate* unmanaged[Cdecl]<void*, nuint, int, int, int, int, nint>)Find("vips_image_new_from_memory");
        ImageToMemory = (delegate* unmanaged[Cdecl]<nint, nuint*, void*>)Find("vips_image_write_to_memory");
        ImageWidth = (delegate* unmanaged[Cdecl]<nint, int>)Find("vips_image_get_width");
        ImageHeight = (delegate* unmanaged[Cdecl]<nint, int>)Find("vips_image_get_height");
        ImageBands = (delegate* unmanaged[Cdecl]<nint, int>)Find("vips_image_get_bands");
        ImageFormat = (delegate* unmanaged[Cdecl]<nint, int>)Find("vips_image_get_format");
        ImageInterpretation = (delegate* unmanaged[Cdecl]<nint, int>)Find("vips_image_get_interpretation");
        ImageOrientation = (delegate* unmanaged[Cdecl]<nint, int>)Find("vips_image_get_orientation");
        ImageYOffset = (delegate* unmanaged[Cdecl]<nint, int>)Find("vips_image_get_yoffset");
        ImageSetKill = (delegate* unmanaged[Cdecl]<nint, int, void>)Find("vips_image_set_kill");
        BlobNew = (delegate* unmanaged[Cdecl]<void*, void*, nuint, nint>)Find("vips_blob_new");
        BlobGet = (delegate* unmanaged[Cdecl]<nint, nuint*, void*>)Find("vips_blob_get");
        AreaUnref = (delegate* unmanaged[Cdecl]<nint, void>)Find("vips_area_unref");
        TrackedMemory = (delegate* unmanaged[Cdecl]<nuint>)Find("vips_tracked_get_mem");
        ObjectSet = (delegate* unmanaged[Cdecl]<nint, byte*, GValue*, void>)Find("g_object_set_property");
        ObjectGet = (delegate* unmanaged[Cdecl]<nint, byte*, GValue*, void>)Find("g_object_get_property");
        ObjectRef = (delegate* unmanaged[Cdecl]<nint, nint>)Find("g_object_ref");
        ObjectUnref = (delegate* unmanaged[Cdecl]<nint, void>)Find("g_object_unref");
        ValueInit = (delegate* unmanaged[Cdecl]<GValue*, nuint, GValue*>)Find("g_value_init");
        ValueUnset = (delegate* unmanaged[Cdecl]<GValue*, void>)Find("g_value_unset");
        ValueSetString = (delegate* unmanaged[Cdecl]<GValue*, byte*, void>)Find("g_value_set_string");
        ValueSetInt = (delegate* unmanaged[Cdecl]<GValue*, int, void>)Find("g_value_set_int");
        ValueSetBoolean = (delegate* unmanaged[Cdecl]<GValue*, int, void>)Find("g_value_set_boolean");
        ValueSetObject = (delegate* unmanaged[Cdecl]<GValue*, nint, void>)Find("g_value_set_object");
        ValueSetBoxed = (delegate* unmanaged[Cdecl]<GValue*, nint, void>)Find("g_value_set_boxed");
        ValueGetObject = (delegate* unmanaged[Cdecl]<GValue*, nint>)Find("g_value_get_object");
        ValueGetBoxed = (delegate* unmanaged[Cdecl]<GValue*, nint>)Find("g_value_get_boxed");
        Free = (delegate* unmanaged[Cdecl]<void*, void>)Find("g_free");
        LogSetHandler = (delegate* unmanaged[Cdecl]<byte*, int, delegate* unmanaged[Cdecl]<byte*, int, byte*, void*, void>, void*, uint>)Find("g_log_set_handler");
        ImageType = ((delegate* unmanaged[Cdecl]<nuint>)Find("vips_image_get_type"))();
        BlobType = ((delegate* unmanaged[Cdecl]<nuint>)Find("vips_blob_get_type"))();
    }

    public readonly delegate* unmanaged[Cdecl]<byte*, int> Init;
    public readonly delegate* unmanaged[Cdecl]<byte*> VersionString;
    public readonly delegate* unmanaged[Cdecl]<byte*> ErrorBufferCopy;
    public readonly delegate* unmanaged[Cdecl]<int, void> BlockUntrustedSet;
    public readonly delegate* unmanaged[Cdecl]<int, void> CacheSetMax;
    public readonly delegate* unmanaged[Cdecl]<int, void> ConcurrencySet;
    public readonly delegate* unmanaged[Cdecl]<byte*, nint> OperationNew;
    public readonly delegate* unmanaged[Cdecl]<nint*, int> OperationBuild;
    public readonly delegate* unmanaged[Cdecl]<nint, void> UnrefOutputs;
    public readonly delegate* unmanaged[Cdecl]<void*, nuint, int, int, int, int, nint> ImageFromMemory;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint*, void*> ImageToMemory;
    public readonly delegate* unmanaged[Cdecl]<nint, int> ImageWidth;
    public readonly delegate* unmanaged[Cdecl]<nint, int> ImageHeight;
    public readonly delegate* unmanaged[Cdecl]<nint, int> ImageBands;
    public readonly delegate* unmanaged[Cdecl]<nint, int> ImageFormat;
    public readonly delegate* unmanaged[Cdecl]<nint, int> ImageInterpretation;
    public readonly delegate* unmanaged[Cdecl]<nint, int> ImageOrientation;
    public readonly delegate* unmanaged[Cdecl]<nint, int> ImageYOffset;
    public readonly delegate* unmanaged[Cdecl]<nint, int, void> ImageSetKill;
    public readonly delegate* unmanaged[Cdecl]<void*, void*, nuint, nint> BlobNew;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint*, void*> BlobGet;
    public readonly delegate* unmanaged[Cdecl]<nint, void> AreaUnref;
    public readonly delegate* unmanaged[Cdecl]<nuint> TrackedMemory;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, GValue*, void> ObjectSet;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, GValue*, void> ObjectGet;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> ObjectRef;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ObjectUnref;
    public readonly delegate* unmanaged[Cdecl]<GValue*, nuint, GValue*> ValueInit;
    public readonly delegate* unmanaged[Cdecl]<GValue*, void> ValueUnset;
    public readonly delegate* unmanaged[Cdecl]<GValue*, byte*, void> ValueSetString;
    public readonly delegate* unmanaged[Cdecl]<GValue*, int, void> ValueSetInt;
    public readonly delegate* unmanaged[Cdecl]<GValue*, int, void> ValueSetBoolean;
    public readonly delegate* unmanaged[Cdecl]<GValue*, nint, void> ValueSetObject;
    public readonly delegate* unmanaged[Cdecl]<GValue*, nint, void> ValueSetBoxed;
    public readonly delegate* unmanaged[Cdecl]<GValue*, nint> ValueGetObject;
    public readonly delegate* unmanaged[Cdecl]<GValue*, nint> ValueGetBoxed;
    public readonly delegate* unmanaged[Cdecl]<void*, void> Free;
    public readonly delegate* unmanaged[Cdecl]<byte*, int, delegate* unmanaged[Cdecl]<byte*, int, byte*, void*, void>, void*, uint> LogSetHandler;
    public readonly nuint ImageType;
    public readonly nuint BlobType;

    /// <summary>
    /// Takes and clears libvips' error text. The buffer is one for the whole process, so under parallel failures
    /// the text may hold a line of another thread: it is shown as a detail and never decides anything.
    /// </summary>
    public string TakeError()
    {
        byte* text = ErrorBufferCopy();
        string message = Marshal.PtrToStringUTF8((nint)text)?.Trim() ?? "";
        Free(text);
        string[] lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string joined = string.Join("; ", lines.Distinct().Take(3));
        return joined.Length switch { 0 => "no reason given", > 300 => joined[..300] + "…", _ => joined };
    }

    private nint Find(string name)
    {
        foreach (nint module in _modules)
        {
            if (NativeLibrary.TryGetExport(module, name, out nint address))
                return address;
        }

        throw new EntryPointNotFoundException(
            $"The libvips that was found lacks '{name}'; version 8.13 or later is needed. Set RFDETR_LIBVIPS to a newer one.");
    }

    // On Windows GLib lies in libraries of its own and a lookup does not follow a library's imports.
    private static IEnumerable<nint> Companions(string path)
    {
        if (!OperatingSystem.IsWindows())
            yield break;
        string folder = System.IO.Path.GetDirectoryName(path) ?? "";
        foreach (string name in (string[])["libgobject-2.0-0.dll", "libglib-2.0-0.dll"])
        {
            if (NativeLibrary.TryLoad(System.IO.Path.Combine(folder, name), out nint handle))
                yield return handle;
        }
    }
}
