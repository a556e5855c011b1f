using System.Globalization;
using System.Text;

namespace RfDetr.Page.Tests;

/// <summary>Writes frames as YUV4MPEG2, which Chromium plays as a camera without a device.</summary>
internal static class CameraFile
{
    /// <summary>Writes images of one even size, one after the other, ten a second.</summary>
    public static void Write(string path, IReadOnlyList<Image> frames)
    {
        using FileStream file = File.Create(path);
        (int width, int height) = (frames[0].Width, frames[0].Height);
        file.Write(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n")));
        byte[] y = new byte[width * height], u = new byte[width * height / 4], v = new byte[width * height / 4];
        foreach (Image frame in frames)
        {
            ReadOnlySpan<byte> rgb = frame.Frame.Data;
            for (int at = 0; at < y.Length; at++)
                y[at] = Byte(0.299 * rgb[3 * at] + 0.587 * rgb[3 * at + 1] + 0.114 * rgb[3 * at + 2]);
            for (int at = 0; at < u.Length; at++)
            {
                // The upper left of each four pixels stands for them; the test looks at shapes, not at hues.
                int from = 3 * (at / (width / 2) * 2 * width + at % (width / 2) * 2);
                (double r, double g, double b) = (rgb[from], rgb[from + 1], rgb[from + 2]);
                u[at] = Byte(128 - 0.168736 * r - 0.331264 * g + 0.5 * b);
                v[at] = Byte(128 + 0.5 * r - 0.418688 * g - 0.081312 * b);
            }

            file.Write("FRAME\n"u8);
            file.Write(y);
            file.Write(u);
            file.Write(v);
        }
    }

    private static byte Byte(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}
