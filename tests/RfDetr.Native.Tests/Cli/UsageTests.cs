namespace RfDetr.Tests.Cli;

public sealed class UsageTests
{
    private static readonly string s_image = Goldens.Path("images/reference.png");

    [Theory]
    [InlineData("unknown verb 'detct'; did you mean detect?", "detct")]
    [InlineData("unknown option '--treshold' of 'detect'; did you mean --threshold?", "detect", "a.jpg", "--treshold", "0.4")]
    [InlineData("unknown option '--treshold' of 'detect'", "detect", "a.jpg", "--output", "--treshold=1")]
    [InlineData("unknown verb 'sinth'; did you mean synth?", "data", "sinth")]
    [InlineData("'variants' has no use for 'nano'", "variants", "nano")]
    [InlineData("Required argument 'INPUT' missing", "detect")]
    [InlineData("--threshold: '1.5' is not a number from 0 to 1", "detect", "a.jpg", "--threshold", "1.5")]
    [InlineData("--threshold: '0,5' is not a number", "detect", "a.jpg", "--threshold", "0,5")]
    [InlineData("--class-threshold: 'person' is not of the form NAME=T", "detect", "a.jpg", "--class-threshold", "person")]
    [InlineData("--roi: '1,2,3' is not x,y,w,h", "detect", "a.jpg", "--roi", "1,2,3")]
    [InlineData("--resolution: '0x32' is not HxW", "detect", "a.jpg", "--resolution", "0x32")]
    [InlineData("--clamp: 'maybe' is none of on, off", "detect", "a.jpg", "--clamp", "maybe")]
    [InlineData("--format: 'xml' is none of json, csv, coco, yolo", "detect", "a.jpg", "--format", "xml")]
    [
        InlineData(
            "--provider: option 'x' of execution provider 'cuda' is not of the form key=value", "detect", "a.jpg", "--provider",
            "cuda:x")
    ]
    [InlineData("there are no published weights 'nani'; did you mean 'nano'?", "detect", "-", "--model", "nani")]
    [InlineData("there are no published weights 'nani'; did you mean 'nano'?", "download", "nani")]
    public async Task Wrong_use_is_told_in_one_line_with_code_2(string message, params string[] args)
    {
        CliRun run = await CliRun.Of(args);
        run.Code.ShouldBe(2);
        run.Error.Split('\n')[0].ShouldStartWith("error: " + message);
        run.Error.ShouldNotContain("   at ");
        run.Error.ShouldNotContain("Parameter '");
        run.Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_verb_the_help_text_says_what_there_is()
    {
        CliRun run = await CliRun.Of();
        run.Code.ShouldBe(2);
        run.Error.ShouldContain("Exit codes: 0 done; 1");
        foreach (string verb in (string[])["detect", "download", "variants", "doctor", "data"])
            run.Error.ShouldContain($"\n  {verb} ");
    }

    [Fact]
    public async Task Help_and_version_are_results()
    {
        (await CliRun.Of("detect", "--help")).ShouldSatisfyAllConditions(
            run => run.Code.ShouldBe(0), run => run.Out.ShouldContain("rfdetr detect <INPUT>..."),
            run => run.Error.ShouldBeEmpty());
        (await CliRun.Of("--version")).Out.ShouldMatch(@"^\d+\.\d+");
    }

    [Theory]
    [InlineData("no such model file", "detect", "--model", "missing/model.pth")]
    [InlineData("no images match", "detect", "missing/*.jpg")]
    public async Task What_is_not_there_fails_with_code_1(string message, params string[] args)
    {
        CliRun run = await CliRun.Of(args.Contains("--model") ? [.. args, s_image] : args);
        run.Code.ShouldBe(1);
        run.Error.ShouldContain(message.Replace("no such", "there is no", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_checkpoint_that_is_none_is_the_files_fault()
    {
        CliRun run = await CliRun.Of("detect", s_image, "--model", Goldens.Path("checkpoints/not_a_checkpoint.pth"));
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("not_a_checkpoint.pth");
        run.Error.ShouldNotContain("   at ");
        (
            await CliRun.Of("detect", s_image, "--verbose", "--model", Goldens.Path("checkpoints/not_a_checkpoint.pth")))
            .Error.ShouldContain("   at ");
    }

    [Fact]
    public async Task A_malicious_checkpoint_is_refused_by_the_name_of_what_it_calls() =>
        (await CliRun.Of("detect", s_image, "--model", Goldens.Path("checkpoints/malicious.pth"))).ShouldSatisfyAllConditions(
            run => run.Code.ShouldBe(1), run => run.Error.ShouldContain("system"));

    [Fact]
    public async Task Json_never_overwrites_an_image()
    {
        using var folder = new TemporaryFolder();
        File.Copy(s_image, folder["a.png"]);
        CliRun run = await CliRun.Of("detect", "--json", folder["a.png"], s_image);
        run.Code.ShouldBe(2);
        run.Error.ShouldContain("would overwrite");
        File.ReadAllBytes(folder["a.png"]).ShouldBe(File.ReadAllBytes(s_image));
    }

    [Fact]
    public async Task Interrupted_work_ends_with_130_and_leaves_no_half_document()
    {
        using var folder = new TemporaryFolder();
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();
        CliRun run = await CliRun.Of(Stream.Null, ["detect", s_image, "--json", folder["r.json"]], canceled.Token);
        run.Code.ShouldBe(130);
        run.Error.ShouldContain("interrupted");
        File.Exists(folder["r.json"]).ShouldBeFalse();
    }
}
