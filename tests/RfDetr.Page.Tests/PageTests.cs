using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace RfDetr.Page.Tests;

/// <summary>The page in a real browser against the real server: what it shows equals what the library finds.</summary>
[Collection(nameof(Browser))]
public sealed class PageTests(Browser browser)
{
    private static readonly string s_sample = Browser.SamplePath("scene-21-00014.jpg");
    private static readonly string s_other = Browser.SamplePath("scene-21-00001.jpg");

    private static readonly Lazy<Detector> s_detector = new(() => Detector.Load("demo"));

    [SkippableFact]
    public async Task The_sample_shows_the_boxes_that_the_library_finds_and_the_slider_asks_nothing()
    {
        await using Window window = await browser.OpenAsync();
        (await window.TextAsync("#summary")).ShouldBe("No image yet");
        await window.SampleAsync();
        Detections found = Find(s_sample);
        (await window.RowsAsync()).ShouldBe(Window.Rows(found, 0.5f));
        (await window.TextAsync("#summary")).ShouldBe($"{found.Items.Count(d => d.Score > 0.5f)} objects");
        (await window.TextAsync("#detail")).ShouldBe("sample.jpg, 480 × 480 pixels");

        foreach (double threshold in (double[])[0.05, 0.3, 0.9])
        {
            await window.ThresholdAsync(threshold);
            (await window.RowsAsync()).ShouldBe(Window.Rows(found, (float)threshold));
        }

        window.Requests.Count(r => r.Contains("/detect", StringComparison.Ordinal)).ShouldBe(1, "the browser filters");
        window.Requests.ShouldAllBe(r => r.Split(' ')[1].StartsWith(browser.Url) || r.Contains(" blob:"));
        window.Complaints.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task Boxes_and_masks_are_drawn_where_they_are()
    {
        await using Window window = await browser.OpenAsync();
        await window.SampleAsync();
        await window.Find("#labels").UncheckAsync();
        Detection best = Find(s_sample).Items[0];
        double[] line = await ColorAsync(window, best.Box.X1, (best.Box.Y1 + best.Box.Y2) / 2);
        double[] dot = await DotAsync(window);
        Distance(line, dot).ShouldBeLessThan(60, "the left side of the best box has its class's color");

        // The mask tints the object and nothing beside it; without masks the image is as it was.
        RleMask mask = best.Mask!;
        (int x, int y) inside = At(mask, true, best), outside = At(mask, false, best);
        double[] tinted = await ColorAsync(window, inside.x + 0.5, inside.y + 0.5);
        double[] plain = await ColorAsync(window, outside.x + 0.5, outside.y + 0.5);
        await window.Find("#masks").UncheckAsync();
        double[] untinted = await ColorAsync(window, inside.x + 0.5, inside.y + 0.5);
        Distance(tinted, untinted).ShouldBeGreaterThan(15);
        Distance(await ColorAsync(window, outside.x + 0.5, outside.y + 0.5), plain).ShouldBeLessThan(3);
    }

    [SkippableTheory]
    [InlineData("drop")]
    [InlineData("paste")]
    [InlineData("choose")]
    public async Task An_image_comes_by_every_way(string way)
    {
        await using Window window = await browser.OpenAsync();
        if (way == "choose")
            await window.Find("#file").SetInputFilesAsync(s_other);
        else
            await window.HandOverAsync(way, s_other, "image/jpeg");
        await window.SettleAsync();
        (await window.RowsAsync()).ShouldBe(Window.Rows(Find(s_other), 0.5f));
        (await window.TextAsync("#detail")).ShouldStartWith("scene-21-00001.jpg");
    }

    [SkippableFact]
    public async Task Classes_are_hidden_and_shown()
    {
        await using Window window = await browser.OpenAsync();
        await window.SampleAsync();
        string[] all = await window.RowsAsync();
        string name = all[0].Split(' ')[0];
        ILocator chip = window.Find($"#classes button:has-text('{name}')");
        (await chip.GetAttributeAsync("aria-pressed")).ShouldBe("true");
        await chip.ClickAsync();
        (await chip.GetAttributeAsync("aria-pressed")).ShouldBe("false");
        (await window.RowsAsync()).ShouldBe([.. all.Where(row => !row.StartsWith($"{name} "))]);
        await window.Find("#none").ClickAsync();
        (await window.RowsAsync()).ShouldBeEmpty();
        (await window.TextAsync("#summary")).ShouldBe("No objects");
        await window.Find("#all").ClickAsync();
        (await window.RowsAsync()).ShouldBe(all);
    }

    [SkippableFact]
    public async Task Another_model_looks_at_the_same_image()
    {
        await using Window window = await browser.OpenAsync();
        await window.SampleAsync();
        await window.Find("#model").SelectOptionAsync("cells");
        await window.SettleAsync();
        window.Requests.Last(r => r.Contains("/detect", StringComparison.Ordinal)).ShouldContain("model=cells");
        using Detector cells = Detector.Load("cells");
        Detections found = cells.Detect(s_sample, new DetectOptions { ScoreThreshold = 0.05f });
        (await window.RowsAsync()).ShouldBe(Window.Rows(found, 0.5f));
    }

    [SkippableFact]
    public async Task A_file_that_is_no_image_is_refused_in_words_and_the_next_one_works()
    {
        await using Window window = await browser.OpenAsync();
        string text = Path.Combine(Path.GetTempPath(), $"rfdetr-{Guid.NewGuid():N}.txt");
        await File.WriteAllTextAsync(text, "no image");
        try
        {
            await window.HandOverAsync("drop", text, "text/plain");
        }
        finally
        {
            File.Delete(text);
        }

        await window.Find("#error").WaitForAsync();
        (await window.TextAsync("#error")).Length.ShouldBeGreaterThan(10);
        (await window.Find("#error").GetAttributeAsync("role")).ShouldBe("alert");
        await window.SampleAsync();
        (await window.Find("#error").IsVisibleAsync()).ShouldBeFalse();
        (await window.RowsAsync()).ShouldNotBeEmpty();
    }

    [SkippableFact]
    public async Task Files_to_save_are_those_of_the_command_line()
    {
        await using Window window = await browser.OpenAsync();
        await window.SampleAsync();
        Detections found = Find(s_sample);
        Detection[] kept = [.. found.Items.Where(d => d.Score > 0.5f)];

        JsonElement document = JsonDocument.Parse(await SavedAsync(window, "#json", "sample.json")).RootElement;
        JsonElement image = document.GetProperty("images")[0];
        document.GetProperty("model").GetProperty("name").GetString().ShouldBe("demo");
        image.GetProperty("file").GetString().ShouldBe("sample.jpg");
        image.EnumerateObject().Select(p => p.Name).Order().ShouldBe(["detections", "file", "height", "time_ms", "width"]);
        image.GetProperty("detections").EnumerateArray().Select(d => d.GetProperty("mask").GetProperty("counts").GetString())
            .ShouldBe(kept.Select(d => d.Mask!.ToCompressedString()));

        string[] lines = (await SavedAsync(window, "#csv", "sample.csv")).TrimEnd('\n').Split('\n');
        lines[0].ShouldBe("file,width,height,class_id,class_name,score,x1,y1,x2,y2,mask");
        lines.Length.ShouldBe(kept.Length + 1);
        string[] first = lines[1].Split(',', 11);
        first[..5].ShouldBe(
            ["sample.jpg", "480", "480", kept[0].ClassId.ToString(CultureInfo.InvariantCulture), kept[0].ClassName]);
        double.Parse(first[5], CultureInfo.InvariantCulture).ShouldBe(kept[0].Score, 1e-6);
        double.Parse(first[8], CultureInfo.InvariantCulture).ShouldBe(kept[0].Box.X2, 1e-3);

        IDownload picture = await window.Page.RunAndWaitForDownloadAsync(() => window.Find("#png").ClickAsync());
        using Image saved = Image.Load(await picture.PathAsync());
        (saved.Width, saved.Height).ShouldBe((480, 480));
    }

    [SkippableFact]
    public async Task Times_of_the_stages_make_up_the_whole()
    {
        await using Window window = await browser.OpenAsync();
        await window.SampleAsync();
        JsonElement? names = await window.Page.EvaluateAsync(
            "() => [...document.querySelectorAll('#times dt')].map(e => e.textContent)");
        names!.Value.Deserialize<string[]>().ShouldBe(["Decode", "Prepare", "Network", "Results", "Way and waiting"]);
        JsonElement? parts = await window.Page.EvaluateAsync(
            "() => [...document.querySelectorAll('#times dd')].map(e => parseFloat(e.textContent))");
        double sum = parts!.Value.Deserialize<double[]>()!.Sum();
        double.Parse((await window.TextAsync("#total")).Replace(" ms", ""), CultureInfo.InvariantCulture).ShouldBe(sum, 1.5);
    }

    private static Detections Find(string path)
    {
        lock (s_detector)
            return s_detector.Value.Detect(path, new DetectOptions { ScoreThreshold = 0.05f });
    }

    private static async Task<string> SavedAsync(Window window, string button, string name)
    {
        IDownload download = await window.Page.RunAndWaitForDownloadAsync(() => window.Find(button).ClickAsync());
        download.SuggestedFilename.ShouldBe(name);
        return await File.ReadAllTextAsync(await download.PathAsync());
    }

    /// <summary>Red, green and blue of the canvas at a place of the image.</summary>
    private static async Task<double[]> ColorAsync(Window window, double x, double y)
    {
        JsonElement? color = await window.Page.EvaluateAsync(
            """
            ([x, y]) => {
              const canvas = document.querySelector("#canvas"), scale = canvas.width / 480;
              const pixel = canvas.getContext("2d").getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1);
              return [...pixel.data].slice(0, 3);
            }
            """,
            (double[])[x, y]);
        return color!.Value.Deserialize<double[]>()!;
    }

    private static async Task<double[]> DotAsync(Window window)
    {
        string style = await window.Page.EvaluateAsync<string>(
            "() => getComputedStyle(document.querySelector('#objects .dot')).backgroundColor");
        return [.. style["rgb(".Length..^1].Split(',').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
    }

    private static double Distance(double[] a, double[] b) => a.Zip(b, (u, v) => Math.Abs(u - v)).Max();

    /// <summary>A place well inside the mask, or well outside of it but inside the box.</summary>
    private static (int X, int Y) At(RleMask mask, bool set, Detection detection)
    {
        BitMask bits = mask.Decode();
        for (int y = (int)detection.Box.Y1 + 12; y < detection.Box.Y2 - 12; y++)
        {
            for (int x = (int)detection.Box.X1 + 12; x < detection.Box.X2 - 12; x++)
            {
                bool same = true;
                for (int dy = -4; dy <= 4; dy++)
                {
                    for (int dx = -4; dx <= 4; dx++)
                        same &= bits[y + dy, x + dx] == set;
                }

                if (same)
                    return (x, y);
            }
        }

        throw new InvalidOperationException($"the mask has no such place (set: {set})");
    }
}
