using System.Text.Json;
using RfDetr.Cli.Commands;

namespace RfDetr.Tests.Cli;

public sealed class OtherVerbTests
{
    [Fact]
    public async Task Variants_lists_the_published_ones_with_the_references_parameter_counts()
    {
        CliRun run = await CliRun.Of("variants", "--json");
        run.Code.ShouldBe(0);
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(Goldens.Path("parameters.json")));
        JsonElement[] listed = [.. run.Json.GetProperty("variants").EnumerateArray()];
        listed.Length.ShouldBe(15);
        foreach (JsonElement variant in listed)
        {
            string name = variant.GetProperty("name").GetString()!;
            JsonElement golden = reference.RootElement.GetProperty(name), config = golden.GetProperty("config");

            // The reference builds xlarge and 2xlarge with 366 logits by default: rows and biases of one final head and those of
            // 13 query groups.
            long moreLogits = config.GetProperty("num_classes").GetInt64() - 90;
            long expected = golden.GetProperty("parameter_count").GetInt64() - moreLogits * (
                config.GetProperty("hidden_dim").GetInt64() + 1) * (1 + 13);
            variant.GetProperty("parameters").GetInt64().ShouldBe(expected, name);
        }

        (await CliRun.Of("variants")).Out.ShouldContain("seg-2xlarge");
    }

    [Fact]
    public async Task Doctor_finds_the_libraries_and_tries_the_processor()
    {
        CliRun run = await CliRun.Of("doctor", "--json", "-");
        run.Code.ShouldBe(0, run.Out);
        JsonElement[] findings = [.. run.Json.GetProperty("findings").EnumerateArray()];
        foreach (string needed in (string[])["libvips", "image formats", "ONNX Runtime", "provider CPU"])
            findings.Single(f => f.GetProperty("name").GetString() == needed).GetProperty("state").GetString().ShouldBe("works");
        foreach (string optional in (string[])["libtorch", "ffmpeg"])
        {
            JsonElement finding = findings.Single(f => f.GetProperty("name").GetString() == optional);
            string text = finding.GetProperty("text").GetString()!;
            if (finding.GetProperty("state").GetString() == "works")
                text.ShouldMatch(@"^\d+\.\d+.*(threads|H\.264)");
            else
                text.ShouldMatch(@"(eng/torch\.sh|apt-get install ffmpeg|full build)", "the line to type");
        }

        findings.Single(f => f.GetProperty("name").GetString() == "image formats")
            .GetProperty("text").GetString()!.ShouldContain("webp");
    }

    // Drivers print past every log; the report of a process that tries one provider is all that counts.
    [Fact]
    public void Doctor_tries_providers_in_a_process_of_their_own()
    {
        Finding cpu = PartProbe.Run("CPUExecutionProvider", null, CancellationToken.None);
        cpu.State.ShouldBe(Health.Works, cpu.Text);
        cpu.Text.ShouldContain("ran the demonstration model");
        Finding none = PartProbe.Run("NoSuchExecutionProvider", null, CancellationToken.None);
        none.State.ShouldBe(Health.Limited);
        none.Name.ShouldBe("provider NoSuch");
        none.Text.ShouldContain("is not in this onnxruntime build (available: ");
    }

    [Fact]
    public async Task Doctor_pads_no_line_of_piped_output()
    {
        CliRun run = await CliRun.Of("doctor");
        run.Code.ShouldBe(0, run.Out);
        run.Out.Split('\n').ShouldAllBe(line => line.TrimEnd('\r') == line.TrimEnd());
    }

    [Fact]
    public async Task Doctor_fails_where_the_runtime_is_missing()
    {
        CliRun run = await CliRun.Of("doctor", "--onnxruntime", Goldens.Path("nowhere"));
        run.Code.ShouldBe(1);
        run.Out.ShouldContain("missing");
        run.Out.ShouldContain("nowhere");
    }

    [Fact]
    public async Task Synth_draws_the_same_data_set_again_and_annotates_it_exactly()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["one", "two"])
        {
            CliRun run = await CliRun.Of(
                "data", "synth", "--output", folder[name], "--count", "2", "--seed", "1", "--first", "12", "--size", "160x120");
            run.Code.ShouldBe(0, run.Error);
        }

        foreach (string file in (string[])["scene-1-00012.jpg", "scene-1-00013.jpg", "_annotations.coco.json"])
            File.ReadAllBytes(folder[$"one/{file}"]).ShouldBe(File.ReadAllBytes(folder[$"two/{file}"]));
        using JsonDocument coco = JsonDocument.Parse(File.ReadAllText(folder["one/_annotations.coco.json"]));
        ImageInfo.Read(folder["one/scene-1-00012.jpg"]).ShouldSatisfyAllConditions(
            p => p.Width.ShouldBe(160), p => p.Height.ShouldBe(120));
        coco.RootElement.GetProperty("images").GetArrayLength().ShouldBe(2);
        JsonElement[] annotations = [.. coco.RootElement.GetProperty("annotations").EnumerateArray()];
        annotations.ShouldNotBeEmpty();
        foreach (JsonElement annotation in annotations)
        {
            JsonElement segmentation = annotation.GetProperty("segmentation");
            RleMask mask = RleMask.Parse(120, 160, segmentation.GetProperty("counts").GetString());
            mask.Area.ShouldBe(annotation.GetProperty("area").GetInt64());
            int[] box = [.. annotation.GetProperty("bbox").EnumerateArray().Select(v => v.GetInt32())];
            mask.BoundingBox.ShouldBe(new PixelRect(box[0], box[1], box[2], box[3]));
        }
    }

    [Fact]
    public async Task The_sample_images_are_what_the_readme_says()
    {
        using var folder = new TemporaryFolder();
        (
            await CliRun.Of(
                "data", "synth", "--output", folder["s"], "--count", "1", "--seed", "21", "--first", "6", "--size", "480x480",
                "--min-size", "130", "--max-objects", "5", "--min-visible", "0.5", "--classes", "ball,cube,cone,ring,star,mug"))
            .Code.ShouldBe(0);
        using Image drawn = Image.Load(folder["s/scene-21-00006.jpg"]),
        kept = Image.Load(Goldens.Path("../../samples/images/scene-21-00006.jpg"));
        (kept.Width, kept.Height).ShouldBe((480, 480));
        drawn.Frame.Data.SequenceEqual(kept.Frame.Data).ShouldBeTrue();
    }
}
