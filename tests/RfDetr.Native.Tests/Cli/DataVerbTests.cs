using System.Text.Json;
using RfDetr.Data;

namespace RfDetr.Tests.Cli;

public sealed class DataVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Drawn_scenes_are_sound_countable_and_convertible()
    {
        (await CliRun.Of("data", "synth", "--output", _folder["set"], "--count", "4", "--valid", "2", "--size", "160x120")).Code.ShouldBe(0);

        CliRun doctor = await CliRun.Of("data", "doctor", _folder["set"], "--json", "-", "--model", "seg-nano", "--patch", "4");
        doctor.Code.ShouldBe(0, doctor.Out);
        doctor.Json.GetProperty("layout").GetString().ShouldBe("RoboflowCoco");
        doctor.Json.GetProperty("splits").GetProperty("train").GetInt32().ShouldBe(4);
        (await CliRun.Of("data", "doctor", _folder["set"])).Out.ShouldContain("logit 0 = category 1 '");

        JsonElement stats = (await CliRun.Of("data", "stats", _folder["set"], "--json", "-")).Json.GetProperty("splits").GetProperty("valid");
        stats.GetProperty("with_mask").GetInt32().ShouldBe(stats.GetProperty("objects").GetInt32());
        (await CliRun.Of("data", "stats", _folder["set"])).Out.ShouldContain("width ÷ height");

        foreach (string layout in (string[])["coco", "yolo", "voc"])
        {
            CliRun convert = await CliRun.Of("data", "convert", _folder["set"], "--to", layout, "--output", _folder[layout], "--json", "-");
            convert.Code.ShouldBe(0, convert.Error);
            convert.Json.GetProperty("images").GetInt32().ShouldBe(6);
            DataSet.Open(_folder[layout]).Split("train").Images.Sum(p => p.Objects.Count)
                .ShouldBe(DataSet.Open(_folder["set"]).Split("train").Images.Sum(p => p.Objects.Count));
        }

        CliRun again = await CliRun.Of("data", "convert", _folder["set"], "--to", "voc", "--output", _folder["voc"]);
        (again.Code, again.Error.Contains("is not empty", StringComparison.Ordinal)).ShouldBe((2, true));
    }

    [Fact]
    public async Task A_truncated_photograph_is_an_error_and_warnings_fail_only_when_strict()
    {
        await CliRun.Of("data", "synth", "--output", _folder["set/train"], "--count", "3", "--size", "160x120");

        CliRun one = await CliRun.Of("data", "doctor", _folder["set"]);
        one.Code.ShouldBe(0, one.Out);
        one.Out.ShouldContain("split-missing");
        (await CliRun.Of("data", "doctor", _folder["set"], "--strict", "--no-images")).Code.ShouldBe(1);

        string image = Directory.GetFiles(_folder["set/train"], "*.jpg").Order().First();
        byte[] bytes = File.ReadAllBytes(image);
        File.WriteAllBytes(image, bytes[..(bytes.Length / 2)]);
        CliRun broken = await CliRun.Of("data", "doctor", _folder["set"]);
        broken.Code.ShouldBe(1);
        broken.Out.ShouldContain("image-broken");
        broken.Out.ShouldContain("truncated");
    }

    [Fact]
    public async Task What_is_no_data_set_is_said_so()
    {
        CliRun run = await CliRun.Of("data", "stats", _folder["nothing"]);

        (run.Code, run.Error.Contains("there is no such folder", StringComparison.Ordinal)).ShouldBe((1, true));
        (await CliRun.Of("data", "doctor", _folder["nothing"])).Code.ShouldBe(1);
        (await CliRun.Of("data", "convert", _folder["nothing"], "--to", "xml", "--output", "x")).Code.ShouldBe(2);
    }

    public void Dispose() => _folder.Dispose();
}
