using System.IO.Pipelines;

namespace RfDetr.Tests.Front;

/// <summary>Streams that hold several images one after the other, as cameras and ffmpeg write them.</summary>
public sealed class ImageSequenceTests : FrontTest
{
    private static byte[] Jpeg(int number) => Encoded(number, ImageFormat.Jpeg);

    private static byte[] Png(int number) => Encoded(number, ImageFormat.Png);

    [Fact]
    public async Task Every_image_of_a_stream_is_found_in_order()
    {
        byte[][] images = [.. Enumerable.Range(0, 5).Select(Jpeg)];
        List<ImageOutcome> seen = await Names([.. images.SelectMany(i => i)]);
        seen.Select(o => o.Source.Name).ShouldBe(["camera", "camera#2", "camera#3", "camera#4", "camera#5"]);
        seen.ShouldAllBe(o => o.Succeeded);
        seen[0].Source.ShouldBeOfType<StreamImage>("the first is the source that was named");
    }

    [Fact]
    public async Task Each_is_the_image_that_it_would_be_alone()
    {
        using Detector detector = Detector.Load(Model);
        foreach (Func<int, byte[]> encode in (Func<int, byte[]>[])[Jpeg, Png])
        {
            byte[][] images = [.. Enumerable.Range(0, 3).Select(encode)];
            var found = new List<string>();
            var stream = new StreamImage(new Dribble([.. images.SelectMany(i => i)], 1000), "camera");
            await foreach (ImageOutcome outcome in detector.DetectManyAsync([stream], Everything))
                found.Add(Text(outcome.Result!));
            found.ShouldBe(images.Select(i => Text(detector.Detect(i, Everything))));
        }
    }

    [Fact]
    public async Task Padding_between_images_is_passed_over()
    {
        List<ImageOutcome> seen = await Names([.. Jpeg(0), 0, 0, 0, .. Jpeg(1), (byte)'\r', (byte)'\n', .. Png(2)]);
        seen.Select(o => o.Succeeded).ShouldBe([true, true, true]);
    }

    [Fact]
    public async Task Bytes_that_are_no_image_end_the_sequence_as_they_end_a_file()
    {
        (await Names([.. Jpeg(0), .. "trailer"u8, .. Jpeg(1)])).Count.ShouldBe(1);
        (await Names([.. Png(0), .. "trailer"u8])).Count.ShouldBe(1);
    }

    // Phones append gain maps and depth to the image and say so in a segment "MPF".
    [Fact]
    public async Task A_file_of_several_pictures_is_one_image()
    {
        byte[] first = Jpeg(0);
        byte[] marked = [.. first[..2], 0xFF, 0xE2, 0, 8, .. "MPF\0II"u8, .. first[2..]];
        List<ImageOutcome> seen = await Names([.. marked, .. Jpeg(1)]);
        seen.Single().Succeeded.ShouldBeTrue();
    }

    // A preview within the metadata has its own beginning and end.
    [Fact]
    public async Task An_image_within_an_image_is_no_image_of_the_stream()
    {
        byte[] first = Jpeg(0), preview = Encoded(1, ImageFormat.Jpeg, 8);
        int length = preview.Length + 2;
        byte[] whole = [.. first[..2], 0xFF, 0xEB, (byte)(length >> 8), (byte)length, .. preview, .. first[2..]];
        (await Names([.. whole, .. Jpeg(2)])).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_image_that_breaks_off_is_told_and_those_before_it_are_done(bool png)
    {
        byte[] last = png ? Png(1) : Jpeg(1);
        List<ImageOutcome> seen = await Names([.. Jpeg(0), .. last[..(last.Length / 2)]]);
        seen.Select(o => o.Succeeded).ShouldBe([true, false]);
        seen[1].Error.ShouldBeOfType<ImageContentException>();
    }

    [Fact]
    public async Task An_image_beyond_the_limit_ends_the_sequence_with_its_error()
    {
        // A chunk that claims two gigabytes is refused before they are read or room is made for them.
        byte[] claims = [.. Png(1)[..8], 0x7F, 0xFF, 0xFF, 0xFF, .. "IDAT"u8, .. new byte[100]];
        List<ImageOutcome> seen = await Names([.. Jpeg(0), .. claims]);
        seen.Select(o => o.Succeeded).ShouldBe([true, false]);
        seen[1].Error.ShouldBeOfType<ImageContentException>().Message.ShouldContain("the limit is ");
    }

    [Fact]
    public async Task Results_come_before_the_next_image_does_and_whoever_leaves_is_not_kept()
    {
        using Detector detector = Detector.Load(Model);
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Jpeg(0));
        var source = new StreamImage(pipe.Reader.AsStream(), "camera");
        int seen = 0;
        await foreach (ImageOutcome outcome in detector.DetectManyAsync([source], Everything))
        {
            outcome.Succeeded.ShouldBeTrue();
            if (++seen == 3)
                break; // while the reader waits for a fourth image, which never comes
            await pipe.Writer.WriteAsync(Jpeg(seen));
        }

        seen.ShouldBe(3);
        await pipe.Writer.CompleteAsync();
    }

    private async Task<List<ImageOutcome>> Names(byte[] bytes)
    {
        using Detector detector = Detector.Load(Model);
        var outcomes = new List<ImageOutcome>();
        var source = new StreamImage(new Dribble(bytes, 777), "camera");
        await foreach (ImageOutcome outcome in detector.DetectManyAsync([source], Everything))
            outcomes.Add(outcome);
        return outcomes;
    }

    private static byte[] Encoded(int number, ImageFormat format, int width = 90)
    {
        byte[] rgb = [.. Enumerable.Range(0, width * 60 * 3).Select(i => (byte)((i * 7 * (number + 1)) ^ (i >> 5)))];
        return new PixelFrame(rgb, width, 60, 0, PixelFormat.Rgb24).Encode(format);
    }

    /// <summary>A stream that gives few bytes at a time, as pipes do.</summary>
    private sealed class Dribble(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, most));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, most)]);
    }
}
