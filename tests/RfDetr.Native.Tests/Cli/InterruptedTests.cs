namespace RfDetr.Tests.Cli;

/// <summary>Ctrl-C ends every verb with 130, and nothing has been written under a final name by then.</summary>
public sealed class InterruptedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public InterruptedTests() => Directory.CreateDirectory(_folder["out"]);

    public static TheoryData<string> Verbs =>
    [
        "detect IMAGE --output OUT --format json",
        "data synth --output OUT --count 3 --size 96x96",
        "data synth --video --output OUT --count 1 --frames 3 --size 96x96",
        "data stats SET",
        "data doctor SET",
        "data convert SET --to yolo --output OUT/yolo",
        "eval --model demo --data SET --split train --allow-missing --json OUT/e.json",
        "export demo --output OUT/demo.onnx",
        "export demo --output OUT/demo.pth",
        "export demo --triton OUT/models",
        "benchmark --model demo --json OUT/b.json",
        "diff demo demo --images IMAGE --report OUT/d.html --json OUT/d.json",
        "quantize --model MODEL --data SET --split train --images 1 --output OUT/q.safetensors",
        "inspect MODEL --json OUT/i.json",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Ends_with_130_and_leaves_nothing(string line)
    {
        (await CliRun.Of("data", "synth", "--output", _folder["set/train"], "--count", "2", "--size", "96x96")).Code.ShouldBe(0);
        string[] args =
        [
            .. line.Split(' ').Select(a => a.Replace("OUT", _folder["out"], StringComparison.Ordinal)
                .Replace("SET", _folder["set"], StringComparison.Ordinal).Replace(
                    "MODEL", FormulaModel.Path, StringComparison.Ordinal)
                .Replace("IMAGE", Goldens.Path("images/reference.png"), StringComparison.Ordinal)),
        ];

        CliRun run = await CliRun.Of(Stream.Null, args, new CancellationToken(canceled: true));

        run.Code.ShouldBe(130, run.Error);
        run.Error.ShouldContain("interrupted");
        Directory.EnumerateFiles(_folder["out"], "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }
}
