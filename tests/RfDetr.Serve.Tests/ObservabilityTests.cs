using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace RfDetr.Serve.Tests;

/// <summary>Metrics, the API's document and its page.</summary>
[Collection(SharedServerCollection.Name)]
public class ObservabilityTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task Metrics_have_their_names_and_labels()
    {
        using (HttpResponseMessage one = await Server.PostImageAsync("/detect", Scenes.Jpeg))
            one.StatusCode.ShouldBe(HttpStatusCode.OK);
        using (HttpResponseMessage late = await LateAsync())
            late.StatusCode.ShouldNotBe(HttpStatusCode.OK);
        string text = await Server.Client.GetStringAsync("/metrics");

        foreach (string name in (string[])
            [
                "rfdetr_pictures_total", "rfdetr_inference_duration_seconds_bucket", "rfdetr_decode_duration_seconds_bucket",
                "rfdetr_postprocess_duration_seconds_bucket", "rfdetr_queue_wait_duration_seconds_bucket",
                "rfdetr_batch_size_bucket",
                "rfdetr_queue_length", "rfdetr_rejected_total", "rfdetr_detections_total", "rfdetr_models_loaded",
                "rfdetr_model_memory_bytes", "http_server_request_duration_seconds_bucket", "http_server_active_requests",
                "kestrel_active_connections", "dotnet_gc_collections_total",
            ])
            text.Split('\n').ShouldContain(l => l.StartsWith(name, StringComparison.Ordinal), name);
        text.Split('\n').ShouldContain(l => l.StartsWith("rfdetr_pictures_total{", StringComparison.Ordinal)
            && l.Contains("model=\"drawn/1\"", StringComparison.Ordinal)
                && l.Contains("outcome=\"ok\"", StringComparison.Ordinal));
        text.ShouldContain("le=\"0.001\"");
        text.ShouldContain("le=\"60\"");
    }

    [Fact]
    public async Task Names_of_strangers_never_become_labels()
    {
        using (HttpResponseMessage response = await Server.PostImageAsync("/detect?model=stranger-7", Scenes.Jpeg))
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await Server.Client.GetStringAsync("/metrics")).ShouldNotContain("stranger-7");
    }

    [Fact]
    public async Task Every_route_is_in_the_document()
    {
        JsonElement document = await Server.GetAsync("/openapi/v1.json");
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        JsonElement paths = document.GetProperty("paths");
        RouteEndpoint[] routes =
        [
            .. Server.Server.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(s => s.Endpoints)
                .OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<RouteDescription>() is not null)
        ];

        routes.Length.ShouldBeGreaterThan(25);
        foreach (RouteEndpoint route in routes)
        {
            string path = route.RoutePattern.RawText!;
            paths.TryGetProperty(path, out JsonElement operations).ShouldBeTrue(path);
            foreach (JsonProperty operation in operations.EnumerateObject())
                operation.Value.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty(path);
        }

        JsonElement detect = paths.GetProperty("/detect").GetProperty("post");
        detect.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString())
            .ShouldBe(["model", "threshold", "classes", "masks", "roi"]);
        detect.GetProperty("requestBody").GetProperty("content").EnumerateObject().Select(c => c.Name)
            .ShouldBe(["image/*", "multipart/form-data"]);
    }

    [Fact]
    public async Task The_page_of_the_api_takes_nothing_from_outside()
    {
        string page = await Server.Client.GetStringAsync("/openapi/ui");
        page.ShouldContain("<html");
        foreach (System.Text.RegularExpressions.Match source in
            System.Text.RegularExpressions.Regex.Matches(page, "(?:src|href)=\"(?<to>[^\"]+)\""))
        {
            string to = source.Groups["to"].Value;
            to.ShouldNotStartWith("http");
            to.ShouldNotStartWith("//");
            if (to.EndsWith(".js", StringComparison.Ordinal))
                (await Server.Client.GetStringAsync(new Uri(new Uri(Server.Server.Address, "/openapi/ui/"), to)))
                    .Length.ShouldBeGreaterThan(1000);
        }
    }

    [Fact]
    public async Task Health_and_readiness_are_200()
    {
        (await Server.GetAsync("/healthz")).GetProperty("status").GetString().ShouldBe("ok");
        (await Server.GetAsync("/readiness")).GetProperty("status").GetString().ShouldBe("ready");
        using var head = new HttpRequestMessage(HttpMethod.Head, "/healthz");
        using HttpResponseMessage response = await Server.Client.SendAsync(head);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<HttpResponseMessage> LateAsync()
    {
        using var request =
            new HttpRequestMessage(HttpMethod.Post, "/detect") { Content = TestServer.Body(Scenes.Jpeg, "image/jpeg") };
        request.Headers.Add("X-Timeout-Ms", "1");
        return await Server.Client.SendAsync(request);
    }
}
