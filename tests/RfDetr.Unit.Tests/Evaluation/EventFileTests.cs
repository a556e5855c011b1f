using System.Text;
using RfDetr.Data;

namespace RfDetr.Tests.Evaluation;

public sealed class EventFileTests
{
    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250);
    }

    [Fact]
    public void Numbers_and_images_are_read_back()
    {
        using var folder = new TemporaryFolder();
        byte[] png = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];
        string path;
        using (EventFile file = EventFile.Create(folder["run"], time: new FixedClock()))
        {
            path = file.Path;
            file.AddScalars(3, [("train/loss", 1.5), ("lr", 1e-4)]);
            file.AddImage(300, "examples/0", png, 20, 10);
        }

        Path.GetFileName(path).ShouldStartWith("events.out.tfevents.1700000000.");
        List<Dictionary<int, object>> events = EventFileReader.Read(path);
        events.Count.ShouldBe(3);
        events.ShouldAllBe(e => (double)e[1] == 1_700_000_000.25);
        EventFileReader.Text(events[0][3]).ShouldBe("brain.Event:2");

        events[1][2].ShouldBe(3ul);
        var values = ((List<byte[]>)EventFileReader.Fields((byte[])events[1][5])[-1]).ConvertAll(v => EventFileReader.Fields(v));
        values.Select(v => (EventFileReader.Text(v[1]), (float)v[2])).ShouldBe([("train/loss", 1.5f), ("lr", 1e-4f)]);

        events[2][2].ShouldBe(300ul);
        Dictionary<int, object> value = EventFileReader.Fields((byte[])EventFileReader.Fields((byte[])events[2][5])[1]);
        EventFileReader.Text(value[1]).ShouldBe("examples/0");
        Dictionary<int, object> image = EventFileReader.Fields((byte[])value[4]);
        (image[1], image[2], image[3]).ShouldBe((10ul, 20ul, 3ul));
        ((byte[])image[4]).ShouldBe(png);
    }

    [Fact]
    public void A_resumed_run_has_a_file_of_its_own_that_drops_what_was_logged_beyond()
    {
        using var folder = new TemporaryFolder();
        using EventFile first = EventFile.Create(folder[""], time: new FixedClock());
        using EventFile second = EventFile.Create(folder[""], resumeStep: 128, time: new FixedClock());
        second.Path.ShouldNotBe(first.Path);
        second.Dispose();
        List<Dictionary<int, object>> events = EventFileReader.Read(second.Path);
        events[1][2].ShouldBe(128ul);
        EventFileReader.Fields((byte[])events[1][7])[1].ShouldBe(1ul); // SessionLog.START
    }

    [Fact]
    public void The_checksum_is_that_of_the_format() =>
        // CRC-32C of "123456789" is 0xE3069283 (RFC 3720); rotated by 15 and shifted.
        EventFileReader.Masked(Encoding.ASCII.GetBytes("123456789")).ShouldBe(
            unchecked((0xE3069283u >> 15 | 0xE3069283u << 17) + 0xa282ead8));
}
