// A minimal API with one detector for all requests, and a client that sends many at a time: each answer must be the right one.
using System.Globalization;
using System.Net.Http.Json;
using RfDetr;

const int Requests = 64, AtATime = 8;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.ClearProviders();
// snippet: web
builder.Services.AddSingleton(_ => Detector.Load("demo"));
WebApplication app = builder.Build();
app.MapPost("/detect", async (HttpRequest request, Detector detector, CancellationToken cancellationToken) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body, cancellationToken);
    Detections found = detector.Detect(body.ToArray(), cancellationToken: cancellationToken);
    return new Answer(Expected.IsRight(found), [.. found.Items.Select(Line)]);
});
// end
await app.StartAsync();

byte[] image = await File.ReadAllBytesAsync(args[0]);
using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
var answers = new Answer[Requests];
await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (i, cancellationToken) =>
{
    using HttpResponseMessage response = await client.PostAsync("/detect", new ByteArrayContent(image), cancellationToken);
    answers[i] = (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Answer>(cancellationToken))!;
});
await app.StopAsync();

int right = answers.Count(a => a.IsRight && a.Objects.SequenceEqual(answers[0].Objects));
Console.WriteLine($"{right} of {Requests} answers are right and equal");
return right == Requests ? 0 : 1;

static string Line(Detection d) => string.Create(CultureInfo.InvariantCulture, $"{d.ClassName} {d.Score:0.000000} {d.Box}");

internal sealed record Answer(bool IsRight, string[] Objects);
