using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace RfDetr.Serve.Tests;

/// <summary>
/// Requests of Roboflow's Python client, replayed: they were recorded from the real one (its client decides between v1 and v0,
/// asks for the registry before each call, and writes Python's words for booleans).
/// </summary>
[Collection(SharedServerCollection.Name)]
public class RoboflowRouteTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task Info_has_name_version_and_uuid()
    {
        JsonElement info = await Server.GetAsync("/info");

        foreach (string name in (string[])["name", "version", "uuid"])
            info.GetProperty(name).GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task The_registry_lists_each_id()
    {
        JsonElement models = (await Server.GetAsync("/model/registry?api_key=None")).GetProperty("models");

        string[] ids = [.. models.EnumerateArray().Select(m => m.GetProperty("model_id").GetString()!)];
        ids.ShouldContain("demo");
        ids.ShouldContain("drawn/1");
        JsonElement model = models[0];
        model.GetProperty("task_type").GetString().ShouldBe("instance-segmentation");
        model.GetProperty("input_height").GetInt32().ShouldBe(shared.Detector.Model.InputHeight);
        model.GetProperty("input_width").GetInt32().ShouldBe(shared.Detector.Model.InputWidth);
        model.GetProperty("batch_size").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Adding_a_loaded_model_lists_it_under_its_id()
    {
        JsonElement models =
            (await Server.PostJsonAsync("/model/add", """{"model_id": "demo", "api_key": null}""")).GetProperty("models");

        models.EnumerateArray().Count(m => m.GetProperty("model_id").GetString() == "demo").ShouldBe(1);
    }

    [Theory]
    [InlineData("coco/38")]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("scene.pth")]
    public async Task Nothing_is_downloaded_and_no_id_is_a_path(string id) =>
        (await Server.PostJsonAsync(
            "/model/add", JsonSerializer.Serialize(new Dictionary<string, string> { ["model_id"] = id }),
            HttpStatusCode.NotFound))
            .GetProperty("code").GetString().ShouldBe(ErrorCodes.Model);

    [Fact]
    public async Task V1_finds_what_the_library_finds()
    {
        JsonElement answer = await InferAsync("/infer/object_detection", $$"""
            {"api_key": null, "model_id": "demo", "visualize_predictions": false, "disable_active_learning": false,
             "image": {"type": "base64", "value": "{{Scenes.Base64}}"}, "unknown": {"a": [1, 2]}, "max_candidates": 3000}
            """);

        Check(answer, shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.4f }));
        answer.GetProperty("predictions")[0].TryGetProperty("points", out _).ShouldBeFalse();
        answer.TryGetProperty("visualization", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task V1_answers_a_list_by_a_list_in_its_order()
    {
        JsonElement answer = await InferAsync("/infer/object_detection", $$"""
            {"model_id": "demo", "confidence": 0.6, "image": [
             {"type": "base64", "value": "{{Convert.ToBase64String(Scenes.OtherJpeg)}}"},
             {"type": "base64", "value": "data:image/jpeg;base64,{{Scenes.Base64}}"}]}
            """);

        answer.GetArrayLength().ShouldBe(2);
        Check(answer[0], shared.Detector.Detect(Scenes.OtherJpeg, new DetectOptions { ScoreThreshold = 0.6f }));
        Check(answer[1], shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.6f }));
    }

    [Fact]
    public async Task V1_base64_may_have_escaped_slashes()
    {
        JsonElement answer = await InferAsync(
            "/infer/object_detection",
            $$"""{"model_id": "demo", "image": {"value": "{{Scenes.Base64.Replace("/", "\\/", StringComparison.Ordinal)}}"} }""");

        Check(answer, shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.4f }));
    }

    [Fact]
    public async Task V1_settings_reach_their_places()
    {
        Detections all = shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.05f });
        string name = all.Items[0].ClassName;
        JsonElement answer = await InferAsync("/infer/object_detection", $$"""
            {"model_id": "demo", "confidence": 0.05, "class_filter": ["{{name}}", "unicorn"], "max_detections": 1, "id": "abc",
             "visualize_predictions": true, "visualization_labels": true, "visualization_stroke_width": 3,
             "image": {"type": "base64", "value": "{{Scenes.Base64}}"} }
            """);

        answer.GetProperty("predictions").GetArrayLength().ShouldBe(1);
        answer.GetProperty("predictions")[0].GetProperty("class").GetString().ShouldBe(name);
        answer.GetProperty("inference_id").GetString().ShouldBe("abc");
        ImageInfo drawn = ImageInfo.Read(answer.GetProperty("visualization").GetBytesFromBase64());
        (drawn.Width, drawn.Height, drawn.Format).ShouldBe((all.Width, all.Height, ImageFormat.Jpeg));
    }

    [Theory]
    [InlineData("\"best\"")]
    [InlineData("\"default\"")]
    [InlineData("null")]
    public async Task V1_confidence_may_be_the_model_s_own(string confidence)
    {
        JsonElement answer = await InferAsync(
            "/infer/object_detection",
            $$"""
            {"model_id": "demo", "confidence": {{confidence}}, "image": {"type": "base64", "value": "{{Scenes.Base64}}"} }
            """);
        float expected = confidence == "null" ? 0.4f : (float)(shared.Detector.Model.BestThreshold ?? 0.4);

        Check(answer, shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = expected }));
    }

    [Fact]
    public async Task V1_overlapping_boxes_go_only_where_that_is_asked_for()
    {
        async Task<int> CountAsync(string more) => (await InferAsync(
            "/infer/object_detection", $$"""
            {"model_id": "demo", "confidence": 0.01, "iou_threshold": 0.01{{more}},
             "image": {"type": "base64", "value": "{{Scenes.Base64}}"} }
            """)).GetProperty("predictions").GetArrayLength();

        int all = await CountAsync(""), some = await CountAsync(", \"nms\": true"),
            few = await CountAsync(", \"nms\": true, \"class_agnostic_nms\": true");

        all.ShouldBe(
            Math.Min(300, shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.01f }).Items.Count));
        some.ShouldBeLessThan(all);
        few.ShouldBeLessThanOrEqualTo(some);
    }

    [Fact]
    public async Task V1_masks_are_polygons_or_run_lengths()
    {
        Detections found = shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.4f });
        JsonElement polygons = await InferAsync(
            "/infer/instance_segmentation",
            $$"""{"model_id": "demo", "image": {"type": "base64", "value": "{{Scenes.Base64}}"} }""");
        JsonElement first = polygons.GetProperty("predictions")[0];
        IReadOnlyList<PixelPoint> border = found.Items[0].Polygons().Where(p => !p.IsHole).MaxBy(p => p.Points.Count)!.Points;

        first.GetProperty("mask_format").GetString().ShouldBe("polygon");
        first.GetProperty("points").GetArrayLength().ShouldBe(border.Count);
        first.GetProperty("points")[0].GetProperty("x").GetSingle().ShouldBe(border[0].X);

        JsonElement runs = await InferAsync("/infer/instance_segmentation", $$"""
            {"model_id": "demo", "response_mask_format": "rle", "mask_decode_mode": "accurate", "tradeoff_factor": 0.0,
             "image": {"type": "base64", "value": "{{Scenes.Base64}}"} }
            """);
        JsonElement rle = runs.GetProperty("predictions")[0].GetProperty("rle");
        rle.GetProperty("counts").GetString().ShouldBe(found.Items[0].Mask!.ToCompressedString());
        rle.GetProperty("size")[0].GetInt32().ShouldBe(found.Height);
    }

    [Theory]
    [InlineData("""{"image": {"type": "base64", "value": "AAAA"} }""", 400, ErrorCodes.Body)]
    [InlineData("""{"model_id": "demo"}""", 400, ErrorCodes.Body)]
    [InlineData("""{"model_id": "nothing", "image": {"type": "base64", "value": "AAAA"} }""", 404, ErrorCodes.Model)]
    [InlineData("""{"model_id": "demo", "image": {"type": "base64", "value": "AAAA"} }""", 400, ErrorCodes.Image)]
    [InlineData("""{"model_id": "demo", "image": {"type": "base64", "value": "***"} }""", 400, ErrorCodes.Image)]
    [InlineData("""{"model_id": "demo", "image": {"type": "base64", "value": ""} }""", 400, ErrorCodes.Image)]
    [InlineData("""{"model_id": "demo", "image": {"type": "numpy", "value": "AAAA"} }""", 400, ErrorCodes.Body)]
    [InlineData("""{"model_id": "demo", "image": {"type": "file", "value": "/etc/passwd"} }""", 400, ErrorCodes.Body)]
    [
        InlineData(
            """{"model_id": "demo", "image": {"type": "url", "value": "http://example.org/a.jpg"} }""", 400, ErrorCodes.Address)
    ]
    [InlineData("""{"model_id": "demo", "confidence": 2, "image": {"value": "AAAA"} }""", 400, ErrorCodes.Parameter)]
    [InlineData("""{"model_id": "demo", "class_filter": "dog", "image": {"value": "AAAA"} }""", 400, ErrorCodes.Parameter)]
    [InlineData("""{"model_id": 7}""", 400, ErrorCodes.Parameter)]
    [InlineData("""{"model_id": "demo", "image": {"type": """, 400, ErrorCodes.Body)]
    [InlineData("[]", 400, ErrorCodes.Body)]
    [InlineData("", 400, ErrorCodes.Body)]
    public async Task V1_what_is_wrong_is_named(string body, int status, string code) =>
        (await Server.PostJsonAsync("/infer/object_detection", body, (HttpStatusCode)status))
            .GetProperty("code").GetString().ShouldBe(code);

    [Fact]
    public async Task V1_a_list_is_bounded()
    {
        string images = string.Join(", ", Enumerable.Repeat("""{"type": "base64", "value": "AAAA"}""", 33));

        (await Server.PostJsonAsync(
            "/infer/object_detection", $$"""{"model_id": "demo", "image": [{{images}}]}""", HttpStatusCode.RequestEntityTooLarge))
            .GetProperty("code").GetString().ShouldBe(ErrorCodes.Images);
    }

    [Fact]
    public async Task V1_there_are_no_keypoints_here() =>
        (await Server.PostJsonAsync(
            "/infer/keypoints_detection", """{"model_id": "demo", "image": {"value": "AAAA"} }""", HttpStatusCode.BadRequest))
            .GetProperty("message").GetString()!.ShouldContain("keypoints");

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    public async Task V0_takes_bare_base64_under_any_type(string type)
    {
        using HttpResponseMessage response = await Server.Client.PostAsync(
            "/drawn/1?api_key=abc&disable_active_learning=False&confidence=0.5&overlap=0.3",
            TestServer.Body(Encoding.ASCII.GetBytes(Scenes.Base64), type));

        Check(await Server.JsonAsync(response), shared.Detector.Detect(Scenes.Jpeg));
        response.Headers.Contains("X-Processing-Time").ShouldBeTrue();
        response.Headers.GetValues("X-Model-Id").Single().ShouldBe("drawn/1");
    }

    [Fact]
    public async Task V0_takes_a_form_and_an_image_too()
    {
        using var form = new MultipartFormDataContent { { TestServer.Body(Scenes.Jpeg, "image/jpeg"), "file", "a.jpg" } };
        using HttpResponseMessage a = await Server.Client.PostAsync("/demo/7?confidence=0.5", form);
        using HttpResponseMessage b = await Server.PostImageAsync("/demo/7?confidence=0.5", Scenes.Jpeg);

        Check(await Server.JsonAsync(a), shared.Detector.Detect(Scenes.Jpeg));
        Check(await Server.JsonAsync(b), shared.Detector.Detect(Scenes.Jpeg));
    }

    [Theory]
    [InlineData("confidence=60", 0.6f)]
    [InlineData("confidence=1", 0.01f)]
    [InlineData("confidence=0", 0.01f)]
    [InlineData("confidence=0.7", 0.7f)]
    [InlineData("", 0.4f)]
    public async Task V0_confidence_is_a_fraction_or_percent(string query, float expected)
    {
        using HttpResponseMessage response = await Server.Client.PostAsync(
            "/drawn/1?max_detections=1000&" + query, TestServer.Body(Encoding.ASCII.GetBytes(Scenes.Base64), "application/json"));

        Check(
            await Server.JsonAsync(response),
                shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = expected }));
    }

    [Fact]
    public async Task V0_may_give_the_drawn_image()
    {
        using HttpResponseMessage image = await Server.Client.PostAsync(
            "/drawn/1?format=image&labels=True&stroke=2",
            TestServer.Body(Encoding.ASCII.GetBytes(Scenes.Base64), "application/json"));
        using HttpResponseMessage both = await Server.Client.PostAsync(
            "/drawn/1?format=image_and_json", TestServer.Body(Encoding.ASCII.GetBytes(Scenes.Base64), "application/json"));

        image.Content.Headers.ContentType!.MediaType.ShouldBe("image/jpeg");
        ImageInfo.Read(await image.Content.ReadAsByteArrayAsync()).Width.ShouldBe(ImageInfo.Read(Scenes.Jpeg).Width);
        JsonElement json = await Server.JsonAsync(both);
        ImageInfo.Read(json.GetProperty("visualization").GetBytesFromBase64()).Format.ShouldBe(ImageFormat.Jpeg);
        json.GetProperty("predictions").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("?format=xml", ErrorCodes.Parameter)]
    [InlineData("?confidence=101", ErrorCodes.Parameter)]
    [InlineData("?response_mask_format=png", ErrorCodes.Parameter)]
    [InlineData("?image=http://127.0.0.1/a.jpg", ErrorCodes.Address)]
    public async Task V0_what_is_wrong_is_named(string query, string code)
    {
        using HttpResponseMessage response =
            await Server.Client.PostAsync("/drawn/1" + query, TestServer.Body([], "application/json"));

        (await Server.JsonAsync(response, HttpStatusCode.BadRequest)).GetProperty("code").GetString()
            .ShouldBe(code);
    }

    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/infer/nothing")]
    [InlineData("/openapi/nothing")]
    [InlineData("/ui/1")]
    [InlineData("/a/b/c")]
    public async Task V0_does_not_swallow_other_routes(string path)
    {
        using HttpResponseMessage response = await Server.Client.PostAsync(path, null);

        (await Server.JsonAsync(response, HttpStatusCode.NotFound)).GetProperty("code").GetString().ShouldBe(ErrorCodes.Route);
    }

    [Fact]
    public async Task The_whole_order_of_a_session_works()
    {
        await using TestServer own = await TestServer.StartAsync();
        (await own.PostJsonAsync("/model/clear", "")).GetProperty("models").GetArrayLength().ShouldBe(0);
        (await own.GetAsync("/model/registry")).GetProperty("models").GetArrayLength().ShouldBe(0);
        (await own.PostJsonAsync("/model/add", """{"model_id": "demo", "api_key": "k"}""")).GetProperty("models")[0]
            .GetProperty("model_id").GetString().ShouldBe("demo");
        JsonElement answer = await own.PostJsonAsync(
            "/infer/object_detection", $$"""{"model_id": "demo", "image": {"type": "base64", "value": "{{Scenes.Base64}}"} }""");
        answer.GetProperty("predictions").GetArrayLength().ShouldBeGreaterThan(0);
        (await own.PostJsonAsync("/model/reload", """{"model_id": "demo"}""")).GetProperty("models").GetArrayLength().ShouldBe(1);
        (await own.PostJsonAsync("/model/remove", """{"model_id": "demo"}""")).GetProperty("models").GetArrayLength().ShouldBe(0);

        // A request brings a model of the start back; a client that tries again, as the real one does, has its answer.
        HttpStatusCode status = HttpStatusCode.ServiceUnavailable;
        for (int i = 0; i < 600 && status == HttpStatusCode.ServiceUnavailable; i++)
        {
            using HttpResponseMessage response = await own.PostImageAsync("/detect", Scenes.Jpeg);
            if ((status = response.StatusCode) == HttpStatusCode.ServiceUnavailable)
            {
                response.Headers.RetryAfter.ShouldNotBeNull();
                (await own.JsonAsync(response, status)).GetProperty("code").GetString().ShouldBe(ErrorCodes.Loading);
                await Task.Delay(100);
            }
        }

        status.ShouldBe(HttpStatusCode.OK);
    }

    private Task<JsonElement> InferAsync(string path, string body) => Server.PostJsonAsync(path, body);

    internal static void Check(JsonElement answer, Detections expected)
    {
        answer.GetProperty("image").GetProperty("width").GetInt32().ShouldBe(expected.Width);
        answer.GetProperty("image").GetProperty("height").GetInt32().ShouldBe(expected.Height);
        answer.GetProperty("time").GetDouble().ShouldBeGreaterThan(0);
        JsonElement[] predictions = [.. answer.GetProperty("predictions").EnumerateArray()];
        predictions.Length.ShouldBe(expected.Items.Count);
        for (int i = 0; i < predictions.Length; i++)
        {
            Detection d = expected.Items[i];
            (JsonElement p, BoxXyxy box) = (predictions[i], d.Box);
            float Of(string name) => p.GetProperty(name).GetSingle();
            (Of("x"), Of("y")).ShouldBe(((box.X1 + box.X2) / 2, (box.Y1 + box.Y2) / 2));
            (Of("width"), Of("height")).ShouldBe((box.X2 - box.X1, box.Y2 - box.Y1));
            Of("confidence").ShouldBe(d.Score);
            p.GetProperty("class").GetString().ShouldBe(d.ClassName);
            p.GetProperty("class_id").GetInt32().ShouldBe(d.ClassId);
            Guid.Parse(p.GetProperty("detection_id").GetString()!, CultureInfo.InvariantCulture).ShouldNotBe(Guid.Empty);
        }
    }
}
