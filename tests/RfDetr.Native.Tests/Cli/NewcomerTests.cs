using System.CommandLine;
using RfDetr.Cli;
using RfDetr.Cli.Framework;

namespace RfDetr.Tests.Cli;

/// <summary>
/// Slips of people who come from other tools, and of people in a hurry: each is answered before any work is done.
/// </summary>
public sealed class NewcomerTests : IDisposable
{
    private static readonly string s_image = Goldens.Path("images/reference.png");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("unknown verb 'predict'; here it is: rfdetr detect", "predict", "--source", "a.jpg")]
    [InlineData("unknown verb 'val'; here it is: rfdetr eval", "val")]
    [InlineData("unknown verb 'convert'; here it is: rfdetr export (models) or rfdetr data convert (data sets)", "convert", "a")]
    [InlineData("unknown option '--conf' of 'detect'; here it is --threshold T", "detect", "a.jpg", "--conf", "0.3")]
    [InlineData("unknown option '--conf_thres' of 'detect'; here it is --threshold T", "detect", "a.jpg", "--conf_thres=0.3")]
    [InlineData("unknown option '--weights' of 'detect'; here it is --model NAME|FILE", "detect", "a.jpg", "--weights", "a.pt")]
    [InlineData("unknown option '--imgsz' of 'detect'; here it is --resolution", "detect", "a.jpg", "--imgsz", "640")]
    [InlineData("unknown option '--iou' of 'detect'; here it is --nms IOU", "detect", "a.jpg", "--iou", "0.5")]
    [InlineData("unknown option '--project' of 'detect'; here it is --output", "detect", "a.jpg", "--project", "runs")]
    [InlineData("unknown option '--device' of 'detect'; here it is --provider P", "detect", "a.jpg", "--device", "0")]
    [InlineData("unknown option '--save-txt' of 'detect'; here it is --format yolo", "detect", "a.jpg", "--save-txt")]
    [InlineData("unknown option '--max-det' of 'detect'; here it is --num-select K", "detect", "a.jpg", "--max-det", "10")]
    [InlineData("unknown option '--workers' of 'train'; here it is --num-workers N", "train", "--workers", "4")]
    [InlineData("unknown option '--half' of 'export'; here it is --precision fp16", "export", "demo", "--half", "-o", "a.onnx")]
    [
        InlineData(
            "unknown option '--source' of 'detect'; here it stands behind the verb, without an option: INPUT", "detect",
            "--source", "a.jpg")
    ]
    [
        InlineData(
            "unknown option '--model' of 'export'; here it stands behind the verb, without an option: FILE", "export",
            "--model", "demo", "--output", "a.onnx")
    ]
    [InlineData("'conf=0.3': options are written with two hyphens; here it is --threshold T", "detect", "a.jpg", "conf=0.3")]
    [InlineData("'model=demo': options are written with two hyphens: --model demo", "detect", "a.jpg", "model=demo")]
    [InlineData("unknown option '-model' of 'detect'; did you mean --model?", "detect", "a.jpg", "-model", "demo")]
    [InlineData("unknown option '-x' of 'detect'", "detect", "a.jpg", "-x")]
    public async Task Words_of_other_tools_are_answered_with_ours(string message, params string[] args)
    {
        CliRun run = await CliRun.Of(args);
        run.Code.ShouldBe(2);
        run.Error.Split('\n')[0].TrimEnd('\r').ShouldBe("error: " + message);
        run.Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_whose_name_has_an_equals_sign_is_a_file()
    {
        File.Copy(s_image, _folder["conf=1.png"]);
        CliRun run = await CliRun.Of("detect", _folder["conf=1.png"], "--json", "-");
        run.Code.ShouldBe(0, run.Error);
    }

    [Fact]
    public void A_letter_means_one_option_and_every_letter_is_some_verbs()
    {
        ShortNames.All.Values.ShouldBeUnique();
        var options = CliApp.AllVerbs().SelectMany(v => v.Options).ToList();
        foreach ((string name, string letter) in ShortNames.All.Where(n => n.Key != CommonOptions.VerboseName))
            options.Any(o => o.Name == name && o.Aliases.Contains(letter)).ShouldBeTrue($"{letter} {name}");
        foreach (Option option in options)
        {
            foreach (string letter in option.Aliases.Where(a => a.Length == 2 && a is not ("-h" or "-?")))
                ShortNames.All.GetValueOrDefault(option.Name).ShouldBe(letter);
        }
    }

    [Fact]
    public void Verbs_are_made_under_their_names()
    {
        foreach ((string name, Func<Command> create) in CliApp.Verbs)
            create().Name.ShouldBe(name);
    }

    [Fact]
    public async Task Short_options_do_what_the_long_ones_do()
    {
        string output = _folder["out"];
        CliRun run = await CliRun.Of(
            "detect", s_image, "-m", "demo", "-t", "0.3", "-b", "2", "-o", output, "-f", "json", "-e", "cpu", "-j", "1", "-r");
        run.Code.ShouldBe(0, run.Error);
        string text = await File.ReadAllTextAsync(Path.Combine(output, "detections.json"));
        CliRun same =
            await CliRun.Of("detect", s_image, "--threshold", "0.3", "--engine", "cpu", "--threads", "1", "--json", "-");
        System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("images")[0].GetProperty("detections").GetArrayLength()
            .ShouldBe(same.Json.GetProperty("images")[0].GetProperty("detections").GetArrayLength());
    }

    [Theory]
    [InlineData("there is no file 'no.jpg'", "detect", "no.jpg", "--model", "missing.pth")]
    [InlineData("there is no file 'no.jpg', 'nor.jpg'", "detect", "no.jpg", "nor.jpg", "--model", "missing.pth")]
    [InlineData("there is no file 'no.jpg'", "diff", "missing.pth", "missing.pth", "--images", "no.jpg")]
    [InlineData("there is no file 'no.jpg'", "benchmark", "--model", "missing.pth", "--images", "no.jpg")]
    public async Task What_is_missing_is_found_before_the_model_is_looked_at(string message, params string[] args)
    {
        CliRun run = await CliRun.Of(args);
        run.Code.ShouldBe(1);
        run.Error.ShouldStartWith("error: " + message);
        run.Error.ShouldNotContain("missing.pth");
    }

    [Theory]
    [InlineData("detect", "IMAGE", "--output", "FILE")]
    [InlineData("detect", "IMAGE", "--output", "FILE/out")]
    [InlineData("detect", "IMAGE", "--json", "DIR")]
    [InlineData("detect", "IMAGE", "--json", "FILE/a.json")]
    [InlineData("eval", "--data", "DIR", "--output", "FILE")]
    [InlineData("quantize", "--model", "missing.pth", "--data", "DIR", "--output", "DIR")]
    [InlineData("export", "demo", "--output", "DIR")]
    [InlineData("benchmark", "--report", "FILE/a.html")]
    [InlineData("train", "--data", "DIR", "--output", "FILE")]
    [InlineData("data", "synth", "--count", "1", "--output", "FILE")]
    public async Task A_place_that_cannot_be_written_to_is_told_before_any_work(params string[] args)
    {
        File.WriteAllText(_folder["file"], "mine");
        Directory.CreateDirectory(_folder["dir"]);
        string[] real = [.. args.Select(a => a.Replace("FILE", _folder["file"], StringComparison.Ordinal)
            .Replace("DIR", _folder["dir"], StringComparison.Ordinal).Replace("IMAGE", s_image, StringComparison.Ordinal))];
        CliRun run = await CliRun.Of(real);
        run.Code.ShouldBe(2, run.Error);
        run.Error.Split('\n')[0].ShouldMatch("^error: --(output|json|report): '.*' .*(file|folder)");
        run.Out.ShouldBeEmpty();
        File.ReadAllText(_folder["file"]).ShouldBe("mine");
        Directory.GetFileSystemEntries(_folder["."]).Select(Path.GetFileName).Order().ShouldBe(["dir", "file"]);
    }

    [Theory]
    [InlineData("compare", "no.json", "no.json")]
    [InlineData("coco-eval", "no.json", "no.json")]
    [InlineData("inspect", "no.pth")]
    [InlineData("track-eval", "no.txt", "no.txt")]
    [InlineData("parity", "--goldens", "no")]
    [InlineData("parity", "--streams", "no")]
    [InlineData("parity", "--weights", "no.pth", "--bundle", "no.safetensors")]
    [InlineData("eval", "--data", "no")]
    [InlineData("data", "stats", "no")]
    [InlineData("train", "--config", "no.yaml")]
    [InlineData("train", "--resume", "no")]
    [InlineData("detect", "IMAGE", "--class-names", "no/names.txt", "--model", "no.pth")]
    public async Task Missing_files_are_told_in_our_own_sentences(params string[] args)
    {
        CliRun run = await CliRun.Of([.. args.Select(a => a == "IMAGE" ? s_image : a)]);
        run.Code.ShouldBeOneOf(1, 2);
        run.Error.ShouldStartWith("error: ");
        run.Error.ShouldContain("no");
        run.Error.ShouldNotContain("Could not find");
        run.Error.ShouldNotContain("Access to the path");
        run.Error.ShouldNotContain(Environment.CurrentDirectory, Case.Sensitive, "a path as it was typed");
    }

    [Fact]
    public async Task Images_that_follow_each_other_on_standard_input_are_all_done()
    {
        byte[] png = await File.ReadAllBytesAsync(Goldens.Path("images/reference.png"));
        CliRun run = await CliRun.Of(
            new MemoryStream([.. png, .. png, .. png]), ["detect", "-", "--json", "-", "--output", _folder["out"]]);
        run.Code.ShouldBe(0, run.Error);
        run.Json.GetProperty("images").EnumerateArray().Select(i => i.GetProperty("file").GetString())
            .ShouldBe(["-", "-#2", "-#3"]);
        Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["stdin-2.png", "stdin-3.png", "stdin.png"]);
    }

    [Fact]
    public async Task No_verb_pads_what_it_pipes()
    {
        CliRun variants = await CliRun.Of("variants"), detect = await CliRun.Of("detect", s_image, "-o", _folder["out"]),
            inspect = await CliRun.Of("inspect", "demo", "--tensors");
        foreach (CliRun run in (CliRun[])[variants, detect, inspect])
        {
            run.Code.ShouldBe(0, run.Error);
            run.Out.Split('\n').ShouldAllBe(line => line.TrimEnd('\r') == line.TrimEnd());
        }

        variants.Out.Split('\n').Max(line => line.Length).ShouldBeLessThanOrEqualTo(80);
    }
}
