namespace RfDetr.Data;

/// <summary>Writes a file completely or not at all: readers see the old one until the new one is whole.</summary>
internal static class WholeFile
{
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = FormattableString.Invariant($"{path}.{Guid.NewGuid():N}.part");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
                write(stream);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
