using System.CommandLine;
using System.Net;
using System.Text.Json;

namespace RfDetr.Serve.Tests;

/// <summary>The program: every option reaches its place, wrong use is named, and it starts and stops as it is told.</summary>
public class ProgramTests
{
    public static TheoryData<string, string, object?> Places => new()
    {
        { "--host 0.0.0.0", nameof(ServeOptions.Host), IPAddress.Any },
        { "--host ::1", nameof(ServeOptions.Host), IPAddress.IPv6Loopback },
        { "--port 80", nameof(ServeOptions.Port), 80 },
        { "--port -", nameof(ServeOptions.Port), 0 },
        { "--grpc-port 8001", nameof(ServeOptions.GrpcPort), 8001 },
        { "--accept-license", nameof(ServeOptions.AcceptLicense), true },
        { "--memory-cap 2G", nameof(ServeOptions.MemoryCapBytes), 2L << 30 },
        { "--key-file k.txt", nameof(ServeOptions.KeyFile), "k.txt" },
        { "--insecure", nameof(ServeOptions.Insecure), true },
        { "--url-inputs public", nameof(ServeOptions.UrlInputs), UrlInputs.Public },
        { "--certificate c.pfx", nameof(ServeOptions.CertificateFile), "c.pfx" },
        { "--certificate-password-variable P", nameof(ServeOptions.CertificatePasswordVariable), "P" },
        { "--deepstack-max 5", nameof(ServeOptions.DeepStackMax), 5 },
        { "--drain 7", nameof(ServeOptions.DrainDelay), TimeSpan.FromMilliseconds(7) },
        { "--shutdown-timeout 9000", nameof(ServeOptions.ShutdownTimeout), TimeSpan.FromSeconds(9) },
        { "--otlp http://c:4317", nameof(ServeOptions.OtlpEndpoint), new Uri("http://c:4317") },
        { "--no-log", nameof(ServeOptions.Log), null },
        { "--max-batch 4", nameof(BatchOptions.MaxBatch), 4 },
        { "--max-delay 3", nameof(BatchOptions.MaxDelay), TimeSpan.FromMilliseconds(3) },
        { "--instances 2", nameof(BatchOptions.Instances), 2 },
        { "--threads 3", nameof(BatchOptions.Threads), 3 },
        { "--queue 5", nameof(BatchOptions.Queue), 5 },
        { "--queue-bytes 6M", nameof(BatchOptions.QueueBytes), 6L << 20 },
        { "--deadline 800", nameof(RequestLimits.Deadline), TimeSpan.FromMilliseconds(800) },
        { "--max-body 1K", nameof(RequestLimits.MaxBodyBytes), 1L << 10 },
        { "--max-pixels 100", nameof(RequestLimits.MaxPixels), 100L },
        { "--max-images 9", nameof(RequestLimits.MaxImages), 9 },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Every_option_reaches_its_place(string line, string property, object? expected)
    {
        ServeOptions options = Parse(line), defaults = Parse("");
        object? Of(ServeOptions o) => new object[] { o, o.Batching, o.Limits }
            .Select(part => (part, found: part.GetType().GetProperty(property)))
            .Where(p => p.found is not null).Select(p => p.found!.GetValue(p.part)).Single();

        Of(options).ShouldBe(expected);
        Of(defaults).ShouldNotBe(expected);
    }

    [Fact]
    public void Lists_reach_their_places()
    {
        ServeOptions options = Parse(
            "--model demo=a,b/1 --model demo --cors https://a.example,https://b.example --deepstack-labels x,y "
            + "--trust-proxy 10.0.0.0/8 --provider cpu");

        options.Models.Select(m => string.Join(',', m.Names)).ShouldBe(["demo,a,b/1", "demo"]);
        options.CorsOrigins.ShouldBe(["https://a.example", "https://b.example"]);
        options.DeepStackLabels.ShouldBe(["x", "y"]);
        options.TrustedProxies.Single().ToString().ShouldBe("10.0.0.0/8");
        options.Engine.ShouldBeOfType<Engine.OnnxRuntime>().Providers.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("--prot 1", "did you mean --port")]
    [InlineData("--port 70000", "'70000' is no port")]
    [InlineData("--model demo=../x", "has the alias '../x'")]
    [InlineData("--memory-cap much", "is no number of bytes")]
    [InlineData("--url-inputs all", "is none of off, public")]
    [InlineData("--host 0.0.0.0", "--insecure")]
    [InlineData("--cors example.org", "expected an origin")]
    [InlineData("--trust-proxy x", "is no network")]
    [InlineData("--model nothing", "'nothing'")]
    public async Task Wrong_use_is_named_and_ends_with_2(string line, string complaint)
    {
        (int code, string output, string error) = await RunAsync(line, new CancellationToken(canceled: false));

        error.ShouldContain(complaint);
        (code, output).ShouldBe((2, ""));
    }

    [Fact]
    public async Task It_says_where_it_listens_and_stops_when_it_is_told()
    {
        using var stop = new CancellationTokenSource();
        var output = new StringWriter();
        TextWriter shared = TextWriter.Synchronized(output);
        Task<int> program = ServeProgram.RunAsync(
            ["--port", "-", "--drain", "0", "--threads", "1"], shared, TextWriter.Null, stop.Token);
        string? line = null;
        for (int i = 0; i < 12_000 && line is null && !program.IsCompleted; i++, await Task.Delay(10))
            line = output.ToString().Split('\n').FirstOrDefault(l => l.StartsWith("listening on ", StringComparison.Ordinal));
        var address = new Uri(line!["listening on ".Length..].Trim());
        using (var client = new HttpClient())
        {
            using HttpResponseMessage answer = await client.PostAsync(
                new Uri(address, "/detect"), TestServer.Body(Scenes.Jpeg, "image/jpeg"));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await RunAsync("--check " + address, CancellationToken.None)).Code.ShouldBe(0);
        await stop.CancelAsync();
        (await program).ShouldBe(0);
        (await RunAsync("--check " + address, CancellationToken.None)).Code.ShouldBe(1);
        JsonDocument.Parse(output.ToString().Split('\n').First(l => l.Contains("/detect", StringComparison.Ordinal)))
            .RootElement.GetProperty("status").GetInt32().ShouldBe(200);
    }

    [Fact]
    public async Task A_key_is_shown_once_and_its_line_fits_a_file()
    {
        (int code, string line, string error) = await RunAsync("--make-key camera", CancellationToken.None);

        code.ShouldBe(0);
        KeyFile.Parse([line.Trim()], "keys").Single().Is(KeyFile.Digest(error.Trim().Split(' ')[^1])).ShouldBeTrue();
    }

    [Fact]
    public async Task Help_names_every_option()
    {
        (int code, string output, _) = await RunAsync("--help", CancellationToken.None);

        code.ShouldBe(0);
        foreach (Option option in new ServeArguments().All)
            output.ShouldContain(option.Name);
    }

    [Fact]
    public void Tuning_takes_what_is_clearly_quicker_and_nothing_else()
    {
        ServeSetting first = new(1, 4, 1), slow = new(2, 2, 1), equal = new(1, 4, 2), quick = new(4, 1, 4);
        int calls = 0;
        double Measure(ServeSetting s)
        {
            double drift = 1 + calls++ / 10.0; // a machine that slows down all the time
            return drift * (s == slow ? 2 : s == equal ? 0.99 : s == quick ? 0.5 : 1);
        }

        TuningReport report = ServeTuning.Choose(first, [slow, equal, quick], Measure, null, CancellationToken.None);

        report.Best.ShouldBe(quick);
        report.Measured.Select(m => m.IsBetter).ShouldBe([false, false, true]);
        report.Measured.ShouldAllBe(m => m.Least <= m.Ratio && m.Ratio <= m.Most);
        report.Gain!.Against.ShouldBe(first);
        report.Gain.Ratio.ShouldBe(0.5, 0.1);
        TuningReport nothing = ServeTuning.Choose(first, [slow, equal], Measure, null, CancellationToken.None);
        nothing.Best.ShouldBe(first);
        nothing.Gain.ShouldBeNull();
        nothing.Alone.ShouldBeNull();
    }

    [Fact]
    public void Tuning_does_not_choose_what_another_measurement_does_not_confirm()
    {
        ServeSetting first = new(1, 4, 1), lucky = new(4, 1, 4);
        int calls = 0;
        double Measure(ServeSetting s) => s == lucky && calls++ < 6 ? 0.5 : 1;

        TuningReport report = ServeTuning.Choose(first, [lucky], Measure, null, CancellationToken.None);

        report.Measured.Single().IsBetter.ShouldBeTrue();
        report.Best.ShouldBe(first);
        report.ImagesPerSecond.ShouldBe(1);
    }

    [Fact]
    public void Tuning_tells_what_an_image_alone_costs()
    {
        ServeSetting first = new(1, 4, 1), quick = new(4, 1, 4);
        double Measure(ServeSetting s) => s == quick ? 0.1 : s.Threads == 4 ? 0.2 : 0.7;

        TuningReport report = ServeTuning.Choose(first, [quick], Measure, null, CancellationToken.None);

        report.Alone!.Setting.ShouldBe(new(1, 1, 1));
        report.Alone.Ratio.ShouldBe(3.5, 1e-9);
        report.ImagesPerSecond.ShouldBe(10, 1e-9);
    }

    [Fact]
    public void Tuning_tries_what_fills_the_cores() => ServeTuning.Candidates(2).ShouldBe(
        [new(1, 2, 2), new(1, 2, 4), new(1, 2, 8), new(2, 1, 1), new(2, 1, 2), new(2, 1, 4), new(2, 1, 8)]);

    [Theory]
    [InlineData("demo", "demo")]
    [InlineData("demo=x", "demo,x")]
    [InlineData("folder/best weights.pth=forklift", "best-weights,forklift")]
    [InlineData("a=b.onnx=c", "a-b,c")]
    public void A_model_has_a_name_of_its_own(string text, string names) =>
        string.Join(',', ModelChoice.Parse(text).Names).ShouldBe(names);

    [Theory]
    [InlineData("coco/38", "nano")]
    [InlineData("rfdetr-nano", "nano")]
    [InlineData("RF-DETR-Nano", "nano")]
    [InlineData("seg-small", "seg-small")]
    [InlineData("demo", "demo")]
    [InlineData("coco/1", null)]
    [InlineData("../nano", null)]
    [InlineData("nano.pth", null)]
    [InlineData("", null)]
    public void Ids_of_published_weights_are_known(string id, string? expected) => ModelNames.Known(id).ShouldBe(expected);

    private static ServeOptions Parse(string line)
    {
        var arguments = new ServeArguments();
        var root = new Command("serve");
        foreach (Option option in arguments.All)
            root.Add(option);
        ParseResult parsed = root.Parse(line);
        parsed.Errors.ShouldBeEmpty();
        return arguments.Options(parsed, TextWriter.Null);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string line, CancellationToken stop)
    {
        using StringWriter output = new(), error = new();
        int code = await ServeProgram.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error, stop);
        return (code, output.ToString(), error.ToString());
    }
}
