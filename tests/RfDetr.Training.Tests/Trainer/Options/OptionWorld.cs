using System.Text.Json.Nodes;
using RfDetr.Cli;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>
/// One small data set for all runs of the theory over options, and the runs that options are compared with, each taken once.
/// Train, valid and test hold scenes of six classes; one object is of a seventh, rare one, and Roboflow's grouping category
/// stands above them.
/// </summary>
public sealed class OptionWorld : IDisposable
{
    private const int Images = 12, Evaluated = 4;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, RunTrace> _before = [];
    private int _runs;

    /// <summary>
    /// The data set <c>data</c>; another one, <c>other</c>; one of links to the first, <c>linked</c>; and one with an image that
    /// cannot be read: <c>broken</c>.
    /// </summary>
    public async Task PrepareAsync()
    {
        if (Directory.Exists(_folder["data"]))
            return;
        foreach ((string set, int seed) in ((string, int)[])[("data", 3), ("other", 4), ("broken", 3)])
        {
            foreach (
                (string split, string first, int count) in ((string, string, int)[])[
                    ("train", "0", Images), ("valid", "1000", Evaluated), ("test", "2000", Evaluated)
                ])
            {
                string folder = Path.Combine(_folder[set], split);
                int code = await CliApp.RunAsync(
                    [
                        "data", "synth", "--output", folder, "--count", $"{count}", "--first", first, "--size", "96x72", "--seed",
                        $"{seed}",
                        "--classes", "ball,cube,cone,ring,star,mug", "--min-size", "30", "--max-objects", "3", "--min-visible",
                        "0.5",
                    ],
                    TextWriter.Null, TextWriter.Null, Stream.Null);
                code.ShouldBe(0);
                Patch(Path.Combine(folder, "_annotations.coco.json"));
            }
        }

        foreach (string split in (string[])["train", "valid"])
        {
            string linked = Directory.CreateDirectory(Path.Combine(_folder["linked"], split)).FullName;
            foreach (string file in Directory.GetFiles(Path.Combine(_folder["data"], split)))
                File.CreateSymbolicLink(Path.Combine(linked, Path.GetFileName(file)), file);
        }

        string victim =
            Directory.GetFiles(Path.Combine(_folder["broken"], "train"), "*.jpg").Order(StringComparer.Ordinal).First();
        File.WriteAllBytes(victim, File.ReadAllBytes(victim)[..200]);
    }

    /// <summary>The options of a run in a folder of its own: the smallest useful run, with values for some keys.</summary>
    internal TrainOptions Options(params (string Key, string Text)[] values)
    {
        TrainOptions options = TinyRun.Options(_folder["data"], _folder[$"run{_runs++}"]);
        options = options.With(("epochs", 1), ("threads", 1));
        foreach ((string key, string text) in values)
            options = options.With((key, key is "dataset_dir" or "output_dir" ? _folder[text] : text));
        return options;
    }

    /// <summary>The run with some values given; taken once for all options that ask for it.</summary>
    internal RunTrace Before(params (string Key, string Text)[] given)
    {
        string key = string.Join(' ', given);
        if (!_before.TryGetValue(key, out RunTrace? trace))
            _before.Add(key, trace = RunTrace.Of(Options(given)));
        return trace;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private static void Patch(string path)
    {
        JsonNode file = JsonNode.Parse(File.ReadAllText(path))!;
        JsonArray categories = file["categories"]!.AsArray();
        foreach (JsonNode? category in categories)
            category!["supercategory"] = "things";
        categories.Insert(0, new JsonObject { ["id"] = 0, ["name"] = "things", ["supercategory"] = "none" });
        categories.Add(new JsonObject { ["id"] = 99, ["name"] = "rare", ["supercategory"] = "things" });
        file["annotations"]![0]!["category_id"] = 99;
        File.WriteAllText(path, file.ToJsonString());
    }
}
