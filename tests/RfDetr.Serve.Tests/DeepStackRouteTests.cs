using System.Net;
using System.Text.Json;

namespace RfDetr.Serve.Tests;

/// <summary>The requests of Frigate, Home Assistant and Blue Iris, in their order.</summary>
[Collection(SharedServerCollection.Name)]
public class DeepStackRouteTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task Frigate_gets_whole_pixels_in_falling_order()
    {
        JsonElement answer = await DetectAsync("/v1/vision/detection", null);
        Detections expected = shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.4f });

        answer.GetProperty("success").GetBoolean().ShouldBeTrue();
        answer.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        JsonElement[] found = [.. answer.GetProperty("predictions").EnumerateArray()];
        found.Length.ShouldBe(Math.Min(20, expected.Items.Count));
        answer.GetProperty("count").GetInt32().ShouldBe(found.Length);
        float last = 1;
        foreach ((JsonElement one, Detection d) in found.Zip(expected.Items))
        {
            one.GetProperty("label").GetString().ShouldBe(d.ClassName);
            one.GetProperty("x_min").GetInt32().ShouldBe((int)MathF.Round(d.Box.X1));
            one.GetProperty("y_max").GetInt32().ShouldBe((int)MathF.Round(d.Box.Y2));
            one.GetProperty("confidence").GetSingle().ShouldBeLessThanOrEqualTo(last);
            last = one.GetProperty("confidence").GetSingle();
        }

        foreach (string ms in (string[])["inferenceMs", "processMs", "analysisRoundTripMs"])
            answer.GetProperty(ms).GetInt32().ShouldBeGreaterThanOrEqualTo(0);
        foreach (string name in (string[])["message", "command", "moduleId", "executionProvider", "timestampUTC"])
            answer.GetProperty(name).GetString().ShouldNotBeNullOrEmpty();
        answer.GetProperty("canUseGPU").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Frigate_never_gets_more_than_it_has_room_for() =>
        (await DetectAsync("/v1/vision/detection", "0.001")).GetProperty("predictions").GetArrayLength().ShouldBe(20);

    [Theory]
    [InlineData("/v1/vision/custom/demo")]
    [InlineData("/v1/vision/custom/DEMO.onnx")]
    [InlineData("/v1/vision/custom/Coco")]
    public async Task Home_Assistant_names_a_model_in_any_case(string path)
    {
        JsonElement answer = await DetectAsync(path, "0.9");

        answer.GetProperty("predictions").GetArrayLength().ShouldBe(
            Math.Min(20, shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.9f }).Items.Count));
    }

    [Fact]
    public async Task An_image_may_come_as_a_field_without_the_name_of_a_file()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("0.40"), "min_confidence" },
            { new ByteArrayContent(Scenes.Jpeg), "image" },
        };
        using HttpResponseMessage response = await Server.Client.PostAsync("/v1/vision/detection", form);

        (await Server.JsonAsync(response)).GetProperty("count").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Blue_Iris_asks_for_status_version_updates_and_models()
    {
        foreach (string path in (string[])["/v1/status/ping", "/v1/server/status/ping", "/v1/status/version"])
            (await Server.GetAsync(path)).GetProperty("success").GetBoolean().ShouldBeTrue();
        JsonElement update = await Server.GetAsync("/v1/status/updateavailable");
        update.GetProperty("updateAvailable").GetBoolean().ShouldBeFalse();
        foreach (string which in (string[])["current", "latest", "version"])
        {
            foreach (string part in (string[])["major", "minor", "patch", "build"])
                update.GetProperty(which).GetProperty(part).ValueKind.ShouldBe(JsonValueKind.Number);
            foreach (string part in (string[])["preRelease", "file", "releaseNotes"])
                update.GetProperty(which).GetProperty(part).ValueKind.ShouldBe(JsonValueKind.String);
            update.GetProperty(which).GetProperty("securityUpdate").ValueKind.ShouldBe(JsonValueKind.False);
        }

        using HttpResponseMessage list = await Server.Client.PostAsync("/v1/vision/custom/list", null);
        JsonElement models = await Server.JsonAsync(list);
        string?[] names = [.. models.GetProperty("models").EnumerateArray().Select(m => m.GetString())];
        names.ShouldBe(["demo", "coco"], "each can be asked for");
        foreach (string? name in names)
            (await DetectAsync($"/v1/vision/custom/{name}", "0.5")).GetProperty("success").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Failures_are_in_its_form()
    {
        using var form =
            new MultipartFormDataContent { { TestServer.Body("no image"u8.ToArray(), "image/jpeg"), "image", "image" } };
        using HttpResponseMessage bad = await Server.Client.PostAsync("/v1/vision/detection", form);
        JsonElement error = await Server.JsonAsync(bad, HttpStatusCode.BadRequest);

        error.GetProperty("success").GetBoolean().ShouldBeFalse();
        error.GetProperty("error").GetString()!.ShouldContain("not an image");
        error.GetProperty("predictions").GetArrayLength().ShouldBe(0);

        using var other = new MultipartFormDataContent { { TestServer.Body(Scenes.Jpeg, "image/jpeg"), "image", "image" } };
        using HttpResponseMessage none = await Server.Client.PostAsync("/v1/vision/custom/nothing", other);
        (await Server.JsonAsync(none, HttpStatusCode.NotFound)).GetProperty("success").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Labels_may_be_limited()
    {
        Detections all = shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.4f });
        string label = all.Items[0].ClassName;
        await using TestServer own = await TestServer.StartAsync(TestServer.Options with
        {
            DeepStackLabels = [label.ToUpperInvariant()],
            DeepStackMax = 2,
        });
        using MultipartFormDataContent form = Form(null);
        using HttpResponseMessage response = await own.Client.PostAsync("/v1/vision/detection", form);

        string?[] labels =
            [.. (await own.JsonAsync(response)).GetProperty("predictions").EnumerateArray()
                .Select(p => p.GetProperty("label").GetString())];
        labels.ShouldBe(Enumerable.Repeat(label, Math.Min(2, all.Items.Count(d => d.ClassName == label))));
    }

    private async Task<JsonElement> DetectAsync(string path, string? confidence)
    {
        using MultipartFormDataContent form = Form(confidence);
        using HttpResponseMessage response = await Server.Client.PostAsync(path, form);
        return await Server.JsonAsync(response);
    }

    // As the requests library writes it: a file name, and no type.
    private static MultipartFormDataContent Form(string? confidence)
    {
        var form = new MultipartFormDataContent { { new ByteArrayContent(Scenes.Jpeg), "image", "image" } };
        form.Add(new StringContent(""), "api_key");
        if (confidence is not null)
            form.Add(new StringContent(confidence), "min_confidence");
        return form;
    }
}
