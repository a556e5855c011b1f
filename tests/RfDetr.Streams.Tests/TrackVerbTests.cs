using System.Security.Cryptography;
using System.Text.Json;

namespace RfDetr.Tests.Streams;

/// <summary><c>rfdetr track</c> on files of many kinds.</summary>
public sealed class TrackVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public async Task A_file_becomes_an_annotated_video_with_its_sound_and_all_results()
    {
        string clip = await Videos.ClipAsync();
        CliRun run = await CliRun.Of(
            "track", clip, "--output", _folder["out.mp4"], "--format", "mot", "--format", "csv", "--format", "json",
            "--line", "middle=160,0,160,240", "--zone", "left=0,0,160,0,160,240,0,240", "--trails",
            "--events", _folder["events.jsonl"], "--json", "-");

        run.Code.ShouldBe(0, run.Error);
        (int frames, double seconds, string? sound) = Videos.Measure(_folder["out.mp4"]);
        (int inFrames, double inSeconds, _) = Videos.Measure(clip);
        (frames, sound).ShouldBe((inFrames, "aac"));
        seconds.ShouldBe(inSeconds, 0.02);
        JsonElement[] all = [.. run.Json.GetProperty("frames").EnumerateArray()];
        all.Length.ShouldBe(Videos.Frames);
        all.Select(f => f.GetProperty("frame").GetInt32()).ShouldBe(Enumerable.Range(0, Videos.Frames));
        for (int i = 0; i < all.Length; i++)
            all[i].GetProperty("time").GetDouble().ShouldBe(i / 12.0, 1e-3);

        // Objects are there, have ids from 1 without gaps, and no id twice in a frame.
        int[] ids = [.. all.SelectMany(Ids).Distinct().Order()];
        ids.ShouldNotBeEmpty();
        ids.ShouldBe(Enumerable.Range(1, ids.Length));
        foreach (JsonElement frame in all)
            Ids(frame).ShouldBeUnique();
        JsonElement summary = run.Json.GetProperty("summary");
        summary.GetProperty("frames").GetInt32().ShouldBe(Videos.Frames);
        summary.GetProperty("zones")[0].GetProperty("entered").GetInt32().ShouldBe(
            Lines("events.jsonl").Count(e => e.GetProperty("event").GetString() == "entered"));
        JsonElement first = Lines("events.jsonl")[0];
        first.GetProperty("zone").GetString().ShouldBeOneOf("left", "middle");
        first.GetProperty("class_name").GetString().ShouldNotBeNullOrEmpty();

        IReadOnlyList<MotEntry> mot = MotFile.Read(_folder["out.txt"]);
        mot.Count.ShouldBe(all.Sum(f => Ids(f).Count()));
        File.ReadAllLines(_folder["out.csv"]).Length.ShouldBe(
            1 + all.Sum(f => f.GetProperty("objects").GetArrayLength()));
        JsonDocument.Parse(File.ReadAllText(_folder["out.json"])).RootElement.GetProperty("frames").GetArrayLength()
            .ShouldBe(Videos.Frames);
        run.Error.ShouldContain("line middle:");
    }

    [SkippableTheory]
    [InlineData("h264-29.97.mp4", Videos.Frames, "-r", "30000/1001", "-fps_mode", "passthrough", "-c:v", "libx264")]
    [InlineData("hevc.mp4", Videos.Frames, "-c:v", "libx265", "-x265-params", "log-level=error", "-preset", "ultrafast")]
    [InlineData("vp9.webm", Videos.Frames, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")]
    [InlineData("mjpeg.avi", Videos.Frames, "-c:v", "mjpeg", "-q:v", "4", "-c:a", "mp3")]
    [InlineData("variable.mkv", 9, "-vf", "select='lt(n,2)+eq(n,4)+eq(n,9)+between(n,16,20)'", "-fps_mode", "passthrough")]
    [InlineData("odd.mkv", Videos.Frames, "-vf", "scale=319:239", "-c:v", "ffv1")]
    [InlineData("silent.mp4", Videos.Frames, "-an", "-c:v", "copy")]
    [Trait("Duration", "Long")]
    public async Task Kinds_of_files_lose_nothing(string name, int expected, params string[] making)
    {
        Videos.Make(["-i", await Videos.ClipAsync(), .. making, _folder[name]]);
        (int inFrames, double inSeconds, string? inSound) = Videos.Measure(_folder[name]);
        inFrames.ShouldBe(expected);

        CliRun run = await CliRun.Of("track", _folder[name], "--output", _folder["out.mp4"], "--json", _folder["out.json"]);

        run.Code.ShouldBe(0, run.Error);
        (int frames, double seconds, string? sound) = Videos.Measure(_folder["out.mp4"]);
        frames.ShouldBe(expected);
        (sound is null).ShouldBe(inSound is null);
        if (double.IsFinite(inSeconds))
            seconds.ShouldBe(inSeconds, 0.1);
        Frames("out.json").Length.ShouldBe(expected);
    }

    [SkippableTheory]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    [Trait("Duration", "Long")]
    public async Task Turned_files_come_upright(int clockwise)
    {
        Videos.Make("-i", await Videos.ClipAsync(), "-an", "-c", "copy", "-metadata:s:v:0", $"rotate={360 - clockwise}",
            _folder["in.mp4"]);
        VideoInfo turned = (await VideoSource.OpenAsync(_folder["in.mp4"])).Info;
        Skip.If(turned.Rotation == 0, "this ffmpeg writes rotation in another way");

        CliRun run = await CliRun.Of(
            "track", _folder["in.mp4"], "--output", _folder["out.mp4"], "--json", _folder["out.json"], "--duration", "0.5");

        run.Code.ShouldBe(0, run.Error);
        (int width, int height) = clockwise == 180 ? (Videos.Width, Videos.Height) : (Videos.Height, Videos.Width);
        Frames("out.json").Select(f => (f.GetProperty("width").GetInt32(), f.GetProperty("height").GetInt32())).Distinct()
            .ShouldBe([(width, height)]);
        VideoInfo written = (await VideoSource.OpenAsync(_folder["out.mp4"])).Info;
        (written.Width, written.Height, written.Rotation).ShouldBe((width, height, 0));
    }

    [SkippableFact]
    public async Task Parts_of_a_file_are_chosen_and_the_sound_with_them()
    {
        CliRun run = await CliRun.Of(
            "track", await Videos.ClipAsync(), "--start", "0.5", "--end", "0:01.5", "--output", _folder["out.mp4"],
            "--json", _folder["out.json"]);

        run.Code.ShouldBe(0, run.Error);
        Frames("out.json").Select(f => f.GetProperty("time").GetDouble()).First().ShouldBe(0.5, 1e-3);
        (int frames, double seconds, string? sound) = Videos.Measure(_folder["out.mp4"]);
        (frames, sound).ShouldBe((12, "aac"));
        seconds.ShouldBe(1, 0.1);
        (await CliRun.Of("track", await Videos.ClipAsync(), "--stride", "6", "--json", _folder["few.json"])).Code.ShouldBe(0);
        Frames("few.json").Length.ShouldBe(4);
    }

    [SkippableFact]
    public async Task Standard_input_is_a_video_too()
    {
        Videos.Make("-i", await Videos.ClipAsync(), "-c", "copy", _folder["in.mkv"]);
        await using FileStream input = File.OpenRead(_folder["in.mkv"]);
        CliRun run = await CliRun.Of(input, ["track", "-", "--json", "-"]);

        run.Code.ShouldBe(0, run.Error);
        run.Json.GetProperty("frames").GetArrayLength().ShouldBe(Videos.Frames);
        run.Json.GetProperty("video").GetProperty("file").GetString().ShouldBe("standard input");
    }

    [SkippableFact]
    public async Task A_truncated_file_is_done_as_far_as_it_goes_and_ends_with_one()
    {
        Videos.Make("-i", await Videos.ClipAsync(), "-an", "-c:v", "mpeg2video", "-q:v", "3", _folder["whole.ts"]);
        byte[] bytes = await File.ReadAllBytesAsync(_folder["whole.ts"]);
        bytes.AsSpan(bytes.Length / 2, 900).Fill(0x55);
        await File.WriteAllBytesAsync(_folder["cut.ts"], bytes[..(bytes.Length * 3 / 4)]);

        CliRun run = await CliRun.Of("track", _folder["cut.ts"], "--output", _folder["out.mp4"]);

        run.Code.ShouldBe(1);
        run.Error.ShouldContain("cut.ts is damaged: ");
        Videos.Measure(_folder["out.mp4"]).Frames.ShouldBeInRange(8, Videos.Frames - 1);
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task Ctrl_C_leaves_a_whole_video_and_whole_results()
    {
        string clip = await Videos.ClipAsync();
        Videos.Make("-stream_loop", "40", "-i", clip, "-c", "copy", _folder["long.mp4"]);
        using var stop = new CancellationTokenSource();
        Task<CliRun> running = CliRun.Of(
            Stream.Null,
            ["track", _folder["long.mp4"], "--output", _folder["out.mp4"], "--events", _folder["e.jsonl"], "--format", "mot"],
            stop.Token);
        while (!running.IsCompleted && !Directory.EnumerateFiles(_folder[""], ".out.*").Any(f => new FileInfo(f).Length > 0))
            await Task.Delay(50);
        await Task.Delay(500);
        await stop.CancelAsync();
        CliRun run = await running;

        run.Code.ShouldBe(130, run.Error);
        run.Error.ShouldContain("interrupted");
        (int frames, double seconds, string? sound) = Videos.Measure(_folder["out.mp4"]);
        frames.ShouldBeInRange(1, 41 * Videos.Frames - 1);
        sound.ShouldBe("aac");
        SoundSeconds(_folder["out.mp4"]).ShouldBeLessThan(seconds + 0.5, "the sound ends with the frames");
        MotFile.Read(_folder["out.txt"]).ShouldNotBeEmpty();
        Directory.EnumerateFiles(_folder[""], ".*").ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task Detect_takes_a_video_and_gives_no_ids()
    {
        string clip = await Videos.ClipAsync();
        CliRun run = await CliRun.Of("detect", clip, "--output", _folder[""], "--format", "json", "--style", "corners");

        run.Code.ShouldBe(0, run.Error);
        Videos.Measure(_folder["clip.mp4"]).Frames.ShouldBe(Videos.Frames);
        JsonElement[] objects = [.. Frames("clip.json").SelectMany(f => f.GetProperty("objects").EnumerateArray())];
        objects.ShouldNotBeEmpty();
        objects.ShouldAllBe(o => !HasId(o) && o.GetProperty("score").GetDouble() > 0.5);
        (await CliRun.Of("detect", clip, clip)).Code.ShouldBe(2);
        (await CliRun.Of("detect", clip, "--save-crops")).Code.ShouldBe(2);
    }

    [SkippableTheory]
    [InlineData("bytetrack")]
    [InlineData("ocsort")]
    [InlineData("botsort")]
    [InlineData("sort")]
    public async Task Every_tracker_gives_ids(string tracker)
    {
        CliRun run = await CliRun.Of("track", await Videos.ClipAsync(), "--tracker", tracker, "--json", "-");

        run.Code.ShouldBe(0, run.Error);
        run.Json.GetProperty("frames").EnumerateArray().SelectMany(Ids).ShouldNotBeEmpty();
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task Styles_look_different_and_hide_what_they_must()
    {
        string clip = await Videos.ClipAsync();
        var seen = new Dictionary<string, string>();
        foreach (string style in (string[])["box", "corners", "masks", "labels", "blur", "pixelate"])
        {
            CliRun run = await CliRun.Of(
                "track", clip, "--duration", "0.1", "--style", style, "--output", _folder[$"{style}-%d.png"]);
            run.Code.ShouldBe(0, run.Error);
            seen[style] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_folder[$"{style}-0.png"])));
        }

        seen.Values.ShouldBeUnique();
    }

    private JsonElement[] Frames(string file) =>
        [.. JsonDocument.Parse(File.ReadAllText(_folder[file])).RootElement.GetProperty("frames").EnumerateArray()];

    private JsonElement[] Lines(string file) =>
        [.. File.ReadAllLines(_folder[file]).Select(l => JsonDocument.Parse(l).RootElement)];

    private static bool HasId(JsonElement seen) => seen.TryGetProperty("track_id", out _);

    private static IEnumerable<int> Ids(JsonElement frame) =>
        frame.GetProperty("objects").EnumerateArray().Where(HasId).Select(o => o.GetProperty("track_id").GetInt32());

    private static double SoundSeconds(string path)
    {
        string text = Videos.Run(
            Videos.Tools.Ffprobe,
            ["-v", "error", "-select_streams", "a:0", "-show_entries", "stream=duration", "-of", "csv=p=0", path]);
        return double.Parse(text.Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose() => _folder.Dispose();
}
