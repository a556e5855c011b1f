using System.Buffers.Binary;

namespace RfDetr.Tests.Images;

public sealed class BmpTests
{
    [Fact]
    public void Rows_come_from_the_bottom() =>
        Pixels(Bmp(1, 2, 24, 0, [], [1, 2, 3, 0, 4, 5, 6, 0])).ShouldBe([6, 5, 4, 3, 2, 1]);

    [Fact]
    public void Rows_come_from_the_top_with_a_negative_height() =>
        Pixels(Bmp(1, -2, 24, 0, [], [1, 2, 3, 0, 4, 5, 6, 0])).ShouldBe([3, 2, 1, 6, 5, 4]);

    [Fact]
    public void One_bit_pixels_name_palette_colors() =>
        Pixels(
            Bmp(3, 1, 1, 0, [10, 20, 30, 0, 40, 50, 60, 0], [0b0100_0000, 0, 0, 0]))
            .ShouldBe([30, 20, 10, 60, 50, 40, 30, 20, 10]);

    [Fact]
    public void Four_bit_pixels_name_palette_colors() =>
        Pixels(Bmp(2, 1, 4, 0, [1, 2, 3, 0, 4, 5, 6, 0], [0x10, 0, 0, 0])).ShouldBe([6, 5, 4, 3, 2, 1]);

    [Fact]
    public void Sixteen_bit_pixels_are_five_bits_a_channel() =>
        Pixels(Bmp(1, 1, 16, 0, [], [0x1F, 0x7C, 0, 0])).ShouldBe([255, 0, 255]);

    [Fact]
    public void Masks_say_where_the_channels_are()
    {
        byte[] masks = [0, 0xF8, 0, 0, 0xE0, 0x07, 0, 0, 0x1F, 0, 0, 0];   // 5-6-5
        Pixels(Bmp(1, 1, 16, 3, masks, [0xE0, 0x07, 0, 0])).ShouldBe([0, 255, 0]);
    }

    [Fact]
    public void A_color_outside_the_palette_is_corrupt() =>
        Fault(Bmp(1, 1, 8, 0, [1, 2, 3, 0], [5, 0, 0, 0])).ShouldBe(ImageFault.Corrupt);

    [Fact]
    public void Missing_rows_are_truncation() => Fault(Bmp(4, 4, 24, 0, [], new byte[47])).ShouldBe(ImageFault.Truncated);

    [Fact]
    public void Run_length_coding_is_not_read() =>
        Fault(Bmp(4, 4, 8, 1, new byte[8], new byte[64])).ShouldBe(ImageFault.Unsupported);

    [Theory]
    [InlineData(100_000, 10)]
    [InlineData(60_000, 60_000)]
    [InlineData(10, int.MinValue)]
    public void A_claimed_giant_is_refused_by_its_header(int width, int height) =>
        Fault(Bmp(width, height, 24, 0, [], [0])).ShouldBe(ImageFault.TooLarge);

    [Fact]
    public void The_limits_are_the_callers()
    {
        byte[] file = Bmp(4, 4, 24, 0, [], new byte[48]);
        Should.Throw<ImageContentException>(() =>
            Image.Decode(file, new ImageLimits { MaxPixels = 15 })).Message.ShouldContain("MaxPixels");
        Should.Throw<ImageContentException>(() =>
            Image.Decode(file, new ImageLimits { MaxSide = 3 })).Message.ShouldContain("MaxSide");
        Should.Throw<ImageContentException>(() =>
            Image.Decode(file, new ImageLimits { MaxFileBytes = 99 })).Message.ShouldContain("MaxFileBytes");
        Should.Throw<ArgumentOutOfRangeException>(() => Image.Decode(file, new ImageLimits { MaxPixels = 0 }));
    }

    private static byte[] Pixels(byte[] file)
    {
        using Image image = Image.Decode(file);
        return image.Frame.Data.ToArray();
    }

    private static ImageFault Fault(byte[] file) => Should.Throw<ImageContentException>(() => Image.Decode(file)).Fault;

    private static byte[] Bmp(int width, int height, int bits, int compression, byte[] extra, byte[] rows)
    {
        var file = new byte[54 + extra.Length + rows.Length];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54 + extra.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), (short)bits);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(30), compression);
        extra.CopyTo(file, 54);
        rows.CopyTo(file, 54 + extra.Length);
        return file;
    }
}
