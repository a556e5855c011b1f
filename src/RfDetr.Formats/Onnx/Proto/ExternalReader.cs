using Google.Protobuf;
using RfDetr.Onnx.Proto;

namespace RfDetr.Onnx;

/// <summary>Brings constants from data files into the model.</summary>
internal static class ExternalReader
{
    /// <summary>Reads every external constant from below <paramref name="folder"/>.</summary>
    /// <exception cref="OnnxFormatException">
    /// A place is outside the folder or the file, or all together are too large.
    /// </exception>
    public static void Load(ModelProto model, string folder, long maxBytes)
    {
        var files = new Dictionary<string, FileStream>(StringComparer.Ordinal);
        try
        {
            long total = 0;
            foreach (TensorProto tensor in ExternalData.Tensors(model.Graph))
            {
                if (!ExternalData.IsExternal(tensor))
                    continue;
                ExternalData place = ExternalData.Of(tensor);
                if (!files.TryGetValue(place.Location, out FileStream? file))
                    files[place.Location] = file = Open(tensor, folder, place.Location);
                long length = Length(tensor, place, file.Length);
                total += length;
                if (total > maxBytes)
                    throw new OnnxFormatException($"external constants take more than {maxBytes} bytes");
                var bytes = new byte[length];
                file.Seek(place.Offset, SeekOrigin.Begin);
                file.ReadExactly(bytes);
                tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
                tensor.ExternalData.Clear();
                tensor.DataLocation = TensorProto.Types.DataLocation.Default;
            }
        }
        finally
        {
            foreach (FileStream file in files.Values)
                file.Dispose();
        }
    }

    private static FileStream Open(TensorProto tensor, string folder, string location)
    {
        string path = Path.Combine(folder, location);
        if (!File.Exists(path))
            throw new FileNotFoundException(
                $"constant '{tensor.Name}' lies in '{location}', which is not beside the model", path);
        return File.OpenRead(path);
    }

    private static long Length(TensorProto tensor, ExternalData place, long fileLength)
    {
        long length = place.Length < 0 ? fileLength - place.Offset : place.Length;
        if (place.Offset > fileLength || length < 0 || length > fileLength - place.Offset)
        {
            throw new OnnxFormatException(
                $"constant '{tensor.Name}' lies at bytes {place.Offset}..{place.Offset}+{place.Length} of "
                    + $"'{place.Location}', which has {fileLength}");
        }

        if (length > Array.MaxLength)
            throw new OnnxFormatException($"constant '{tensor.Name}' takes {length} bytes, expected at most {Array.MaxLength}");
        return length;
    }
}
