using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using RfDetr.Tests.House;

namespace RfDetr.Serve.Tests.Deploy;

/// <summary>Every metric of the dashboard, and of the rule for the number of pods, is one that the server has.</summary>
public sealed partial class DashboardTests
{
    [Fact]
    public async Task Metrics_are_those_of_the_server()
    {
        string text = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "deploy", "grafana", "rfdetr-serve.json"));
        string scaling = await File.ReadAllTextAsync(
            Path.Combine(Checkout.Root, "deploy", "kubernetes", "keda", "scaledobject.yaml"));
        using var dashboard = JsonDocument.Parse(text);
        List<string> expressions = [];
        Collect(dashboard.RootElement, expressions);
        expressions.Count.ShouldBeGreaterThan(20);
        HashSet<string> named =
            [.. expressions.Append(scaling).SelectMany(e => Metric().Matches(Labels().Replace(e, ""))).Select(m => m.Value)];
        named.Count.ShouldBeGreaterThan(15);

        string exposed = await ExposedAsync();
        foreach (string metric in named.Order())
            exposed.ShouldContain($"\n{metric}", Case.Sensitive, $"the server has no '{metric}'");
    }

    [Fact]
    public void Panels_lie_beside_each_other()
    {
        using var dashboard = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Checkout.Root, "deploy", "grafana", "rfdetr-serve.json")));
        JsonElement[] panels = [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()];
        panels.Select(p => p.GetProperty("id").GetInt32()).ShouldBeUnique();
        var taken = new HashSet<(int, int)>();
        foreach (JsonElement place in panels.Select(p => p.GetProperty("gridPos")))
        {
            int left = place.GetProperty("x").GetInt32(), width = place.GetProperty("w").GetInt32();
            (left + width).ShouldBeLessThanOrEqualTo(24);
            for (int x = left; x < left + width; x++)
            {
                for (int y = place.GetProperty("y").GetInt32(), end = y + place.GetProperty("h").GetInt32(); y < end; y++)
                    taken.Add((x, y)).ShouldBeTrue($"two panels lie at {x}, {y}");
            }
        }
    }

    private static void Collect(JsonElement element, List<string> expressions)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                if (property.Name is "expr" or "definition")
                    expressions.Add(property.Value.GetString()!);
                else
                    Collect(property.Value, expressions);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
                Collect(item, expressions);
        }
    }

    /// <summary>The text of /metrics after a request; counters that have not counted yet may be missing from it before.</summary>
    private static async Task<string> ExposedAsync()
    {
        await using RfDetrServer server = await RfDetrServer.StartAsync(new ServeOptions { Port = 0 });
        using var client = new HttpClient { BaseAddress = server.Address };
        using var image = new ByteArrayContent(
            await File.ReadAllBytesAsync(Path.Combine(Checkout.Root, "samples", "images", "scene-21-00001.jpg")));
        image.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        using HttpResponseMessage answer = await client.PostAsync("/detect", image);
        answer.EnsureSuccessStatusCode();
        return "\n" + await client.GetStringAsync("/metrics");
    }

    [GeneratedRegex(@"by \([^)]*\)|, [a-z_]+\)|\{[^}]*\}")]
    private static partial Regex Labels();

    [GeneratedRegex(@"\b(rfdetr|http|kestrel|dotnet)_[a-z_]+\b(?!\s*=)")]
    private static partial Regex Metric();
}
