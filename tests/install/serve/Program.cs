// The server as a part of an application: it starts, answers by an alias as the library does, and stops.
using System.Text.Json;
using RfDetr;
using RfDetr.Serve;

// snippet: serve
await using RfDetrServer server = await RfDetrServer.StartAsync(new ServeOptions
{
    Port = 0,
    Models = [ModelChoice.Parse("demo=toys")],
});
Console.WriteLine($"listening on {server.Address}");
// end

byte[] image = await File.ReadAllBytesAsync(args[0]);
using var client = new HttpClient { BaseAddress = server.Address };
using HttpResponseMessage answer = await client.PostAsync("/detect?model=toys", Body());
using var json = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
string[] served =
[
    .. json.RootElement.GetProperty("images")[0].GetProperty("detections").EnumerateArray()
        .Select(d => d.GetProperty("class_name").GetString()!)
];
using var detector = Detector.Load("demo");
string[] expected = [.. detector.Detect(image).Items.Select(d => d.ClassName)];
Console.WriteLine($"served: {string.Join(", ", served)}; the library: {string.Join(", ", expected)}");
return served.Length > 0 && served.SequenceEqual(expected) ? 0 : 1;

ByteArrayContent Body() => new(image) { Headers = { ContentType = new("image/jpeg") } };
