using System.Text.Json;

namespace RfDetr.Tests.Cli;

/// <summary>
/// The names in the documents of <c>--json</c> and their order: programs read them, so they change only on purpose.
/// </summary>
public sealed class SchemaTests : IDisposable
{
    private const string Distribution = "min p10 median p90 max mean";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Variants() => (await Names("variants")).ShouldBe(Below("variants[]",
        "name masks resolution size_divisor parameters encoder_width patch_size num_windows decoder_layers num_queries "
            + "num_select license file note downloaded"));

    [Fact]
    public async Task Data_stats()
    {
        SceneSet.Write(_folder["set/valid"], new SceneSetOptions { Count = 2, Width = 96, Height = 96 });

        (await Names("data", "stats", _folder["set"])).ShouldBe(
        [
            "folder", "layout", .. Below("classes[]", "logit category_id name"),
            .. Below("splits.valid", "images empty objects crowds with_mask"),
            .. Below("splits.valid.per_image", Distribution), .. Below("splits.valid.width", Distribution),
            .. Below("splits.valid.height", Distribution),
            .. Below("splits.valid.classes[]", "name objects images small medium large"),
            .. Below("splits.valid.classes[].size", Distribution),
            .. Below("splits.valid.classes[].aspect", Distribution),
        ]);
    }

    [Fact]
    public async Task Data_doctor()
    {
        SceneSet.Write(_folder["set/valid"], new SceneSetOptions { Count = 2, Width = 96, Height = 96 });
        Directory.CreateDirectory(_folder["none"]);
        string[] finding = Below("findings[]", "level code split count text");

        (await Names("data", "doctor", _folder["set"])).Where(n => n != "findings[].examples[]").ShouldBe(
            [
                .. Below("", "folder ok resolution patch queries layout"), .. Below("classes[]", "logit category_id name"),
                "splits.valid", .. finding
            ]);
        (await Names("data", "doctor", _folder["none"])).Where(n => n != "findings[].examples[]").ShouldBe(
            [.. Below("", "folder ok resolution patch queries"), .. finding], "no data set, no layout");
    }

    [Fact]
    public async Task Inspect()
    {
        string[] names = await Names("inspect", "demo", "--tensors");

        names.Where(n =>
            !n.StartsWith("parts.", StringComparison.Ordinal) && !n.StartsWith("args.", StringComparison.Ordinal)).ShouldBe(
        [
            .. Below(
                "",
                "file container bytes sha256 md5 hosted variant parameters height width resize resize_source license "
                    + "has_ema class_rule logits"),
            .. Below("classes[]", "dataset_id training_index logit output_id name"), .. Below("tensors[]", "name type"),
            "tensors[].shape[]", "warnings[]",
        ]);
        names.ShouldContain("parts.two-stage");
        names.ShouldContain("args.class_names[]");
        (await Names("inspect", "demo")).ShouldNotContain("tensors[].name");
    }

    private static string[] Below(string path, string names) =>
        [.. names.Split(' ').Select(n => path.Length == 0 ? n : $"{path}.{n}")];

    /// <summary>Paths to all values in the order of the document, each once.</summary>
    private static async Task<string[]> Names(params string[] args)
    {
        CliRun run = await CliRun.Of([.. args, "--json", "-"]);
        run.Out.ShouldNotBeEmpty(run.Error);
        var names = new List<string>();
        Walk(run.Json, "", names);
        return [.. names.Distinct()];
    }

    private static void Walk(JsonElement value, string path, List<string> names)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in value.EnumerateObject())
                Walk(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", names);
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray())
                Walk(item, path + "[]", names);
            if (value.GetArrayLength() == 0)
                names.Add(path + "[]");
        }
        else
        {
            names.Add(path);
        }
    }
}
