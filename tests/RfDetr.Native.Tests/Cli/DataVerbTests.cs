using System.Text.Json;
using RfDetr.Data;

namespace RfDetr.Tests.Cli;

public sealed class DataVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Drawn_scenes_are_sound_countable_and_convertible()
    {
        (
            await CliRun.Of("data", "synth", "--output", _folder["set"], "--count", "4", "--valid", "2", "--size", "160x120"))
            .Code.ShouldBe(0);

        CliRun doctor = await CliRun.Of("data", "doctor", _folder["set"], "--json", "-", "--model", "seg-nano", "--patch", "4");
        doctor.Code.ShouldBe(0, doctor.Out);
        doctor.Json.GetProperty("layout").GetString().ShouldBe("RoboflowCoco");
        doctor.Json.GetProperty("splits").GetProperty("train").GetInt32().ShouldBe(4);
        (await CliRun.Of("data", "doctor", _folder["set"])).Out.ShouldContain("logit 0 = category 1 '");

        JsonElement stats =
            (await CliRun.Of("data", "stats", _folder["set"], "--json", "-")).Json.GetProperty("splits").GetProperty("valid");
        stats.GetProperty("with_mask").GetInt32().ShouldBe(stats.GetProperty("objects").GetInt32());
        (await CliRun.Of("data", "stats", _folder["set"])).Out.ShouldContain("width ÷ height");

        foreach (string layout in (string[])["coco", "yolo", "voc"])
        {
            CliRun convert =
                await CliRun.Of("data", "convert", _folder["set"], "--to", layout, "--output", _folder[layout], "--json", "-");
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
    public async Task A_folder_that_holds_a_set_is_not_drawn_into_unasked()
    {
        string[] synth = ["data", "synth", "--output", _folder["set"], "--size", "96x96"];
        (await CliRun.Of([.. synth, "--count", "2"])).Code.ShouldBe(0);
        string annotations = File.ReadAllText(_folder["set/_annotations.coco.json"]);

        CliRun again = await CliRun.Of([.. synth, "--count", "1"]);
        (again.Code, again.Error.Contains("holds a data set already", StringComparison.Ordinal)).ShouldBe((2, true));
        (await CliRun.Of([.. synth, "--count", "1", "--valid", "1"])).Code.ShouldBe(2);
        File.ReadAllText(_folder["set/_annotations.coco.json"]).ShouldBe(annotations);

        (await CliRun.Of([.. synth, "--count", "1", "--overwrite"])).Code.ShouldBe(0);
        DataSet.Open(_folder["set"]).Splits[0].Images.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_clip_that_is_there_is_not_drawn_over_unasked()
    {
        string[] synth = ["data", "synth", "--video", "--output", _folder["clips"], "--size", "96x96", "--frames", "2"];
        (await CliRun.Of([.. synth, "--count", "1"])).Code.ShouldBe(0);
        string boxes = File.ReadAllText(_folder["clips/clip-0-00000/gt/gt.txt"]);

        CliRun again = await CliRun.Of([.. synth, "--count", "2"]);
        (again.Code, again.Error.Contains("clip-0-00000' is there already", StringComparison.Ordinal)).ShouldBe((2, true));
        File.ReadAllText(_folder["clips/clip-0-00000/gt/gt.txt"]).ShouldBe(boxes);
        Directory.Exists(_folder["clips/clip-0-00001"]).ShouldBeFalse();

        (await CliRun.Of([.. synth, "--count", "1", "--first", "1"])).Code.ShouldBe(0);
        (await CliRun.Of([.. synth, "--count", "2", "--overwrite"])).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Text_from_files_cannot_drive_a_terminal()
    {
        Directory.CreateDirectory(_folder["set/train"]);
        File.WriteAllText(_folder["set/train/_annotations.coco.json"],
            """
            {"images": [{"id": 1, "file_name": "x\u001b[31m\u0007\u202e.jpg", "width": 2, "height": 2}],
             "annotations": [], "categories": [{"id": 1, "name": "a\u001b]0;b\u0007\r"}]}
            """);

        foreach (CliRun run in (CliRun[])
            [
                await CliRun.Of("data", "doctor", _folder["set"]), await CliRun.Of("data", "stats", _folder["set"]),
                await CliRun.Of(
                    "data", "doctor", _folder["set"], "--json", "-"), await CliRun.Of("data", "stats", _folder["no\u001b[2J"]),
            ])
        {
            string all = run.Out + run.Error;
            all.Any(c => c is not ('\n' or '\r' or '\t') && (char.IsControl(c) || c == '\u202E')).ShouldBeFalse(all);
            all.ShouldContain("\\u001B", Case.Insensitive);
        }

        CliRun json = await CliRun.Of("data", "doctor", _folder["set"], "--json", "-");
        json.Json.GetProperty("classes")[0].GetProperty("name").GetString().ShouldBe("a\u001b]0;b\u0007\r");
        json.Json.GetProperty("findings")[0].GetProperty("examples")[0].GetString()!.ShouldContain("x\u001b[31m\u0007\u202e.jpg");
    }

    [Fact]
    public async Task What_was_odd_is_told_and_what_does_not_fit_is_refused()
    {
        (await CliRun.Of("data", "synth", "--output", _folder["set/train"], "--count", "1", "--size", "96x96")).Code.ShouldBe(0);
        string path = _folder["set/train/_annotations.coco.json"];
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"annotations\":[", """
            "annotations":[{"id":9001,"image_id":77,"category_id":1,"bbox":[1,1,2,2]},
            {"id":9002,"image_id":1,"category_id":1,"iscrowd":1,"bbox":[1,1,9,9],"area":1},
            """, StringComparison.Ordinal));

        (await CliRun.Of("data", "stats", _folder["set"])).Error.ShouldContain("warning: ");
        CliRun refused = await CliRun.Of("data", "convert", _folder["set"], "--to", "yolo", "--output", _folder["yolo"]);
        (refused.Code, Directory.Exists(_folder["yolo"])).ShouldBe((1, false));
        refused.Error.ShouldContain("--allow-loss");
        CliRun allowed = await CliRun.Of(
            "data", "convert", _folder["set"], "--to", "yolo", "--output", _folder["yolo"], "--allow-loss");
        (allowed.Code, allowed.Error.Contains("crowd regions have no place", StringComparison.Ordinal)).ShouldBe((0, true));
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
