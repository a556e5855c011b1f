using System.Buffers.Binary;

namespace RfDetr.Tests;

/// <summary>Image files that need no native library: 24-bit bitmaps.</summary>
internal static class TestImages
{
    /// <summary>Writes a bitmap.</summary>
    /// <param name="path">The file; its folder is made.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="color">Red, green and blue at (x, y).</param>
    public static void WriteBmp(string path, int width, int height, Func<int, int, (byte Red, byte Green, byte Blue)> color)
    {
        const int Header = 54;
        int stride = (3 * width + 3) / 4 * 4;
        byte[] file = new byte[Header + stride * height];
        (file[0], file[1]) = ((byte)'B', (byte)'M');
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), Header);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        (file[26], file[28]) = (1, 24);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (byte red, byte green, byte blue) = color(x, y);
                int at = Header + (height - 1 - y) * stride + 3 * x;
                (file[at], file[at + 1], file[at + 2]) = (blue, green, red);
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, file);
    }

    /// <summary>An image that is told apart from others by its number.</summary>
    public static void WriteBmp(string path, int width, int height, int number = 0) =>
        WriteBmp(
            path, width, height, (x, y) => ((byte)(x * 7 + number * 13), (byte)(y * 5 + number * 29), (byte)(x * y + number)));
}
