using System.Net;
using System.Text;
using System.Text.Json;

namespace RfDetr.Serve.Tests;

/// <summary>
/// Habits of Roboflow's Python client that go over more than one request or one setting: ids with a version, files that it sends
/// as they are, all its settings at once, images that it made smaller, and how it reads errors.
/// </summary>
[Collection(SharedServerCollection.Name)]
public class RoboflowClientTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    // The client asks for the list before each call, adds the id that it does not find, and then looks for exactly that id.
    [Fact]
    public async Task An_id_with_a_version_is_added_listed_used_and_removed()
    {
        await using TestServer own = await TestServer.StartAsync();
        (await IdsAsync(own)).ShouldBe(["demo"]);

        JsonElement added = await own.PostJsonAsync("/model/add", """{"model_id": "demo/3", "api_key": "k"}""");
        IdsOf(added).ShouldBe(["demo", "demo/3"]);
        (await IdsAsync(own)).ShouldContain("demo/3");
        using HttpResponseMessage response = await own.Client.PostAsync(
            "/infer/object_detection",
            new StringContent(Body("demo/3", Scenes.Jpeg), Encoding.UTF8, "application/json"));
        Check(await own.JsonAsync(response), shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.4f }));
        response.Headers.GetValues("X-Model-Id").Single().ShouldBe("demo/3");
        response.Headers.GetValues("X-Model-Cold-Start").Single().ShouldBe("false");

        IdsOf(await own.PostJsonAsync("/model/remove", """{"model_id": "demo/3"}""")).ShouldBeEmpty();
        IdsOf(await own.PostJsonAsync("/model/add", """{"model_id": "demo"}""")).ShouldBe(["demo"]);
    }

    [Fact]
    public async Task Versions_without_end_take_no_memory()
    {
        await using TestServer own = await TestServer.StartAsync();
        for (int i = 0; i < 40; i++)
            await own.PostJsonAsync("/model/add", $$"""{"model_id": "demo/{{i}}"}""");

        string[] ids = await IdsAsync(own);
        ids.ShouldContain("demo");
        ids.ShouldContain("demo/39");
        ids.Length.ShouldBeLessThan(20);
    }

    [Theory]
    [InlineData("demo/x")]
    [InlineData("demo/")]
    [InlineData("/1")]
    [InlineData("demo/1/2")]
    [InlineData("nothing/1")]
    [InlineData("../demo/1")]
    public async Task Other_ids_are_unknown(string id) =>
        (await Server.PostJsonAsync(
            "/model/add", JsonSerializer.Serialize(new Dictionary<string, string> { ["model_id"] = id }),
            HttpStatusCode.NotFound)).GetProperty("message").GetString()!.ShouldContain(id);

    public static TheoryData<string> Files => ["png", "webp", "turned"];

    // Files go out unchanged; only arrays are made into JPEG.
    [Theory]
    [MemberData(nameof(Files))]
    public async Task Files_of_every_kind_are_found_in_alike(string kind)
    {
        using Image image = Image.Load(Scenes.Jpeg);
        byte[] file = kind switch
        {
            "png" => image.Encode(ImageFormat.Png),
            "webp" => image.Encode(ImageFormat.Webp),
            _ => Turned(Scenes.Jpeg),
        };
        Detections expected = shared.Detector.Detect(file, new DetectOptions { ScoreThreshold = 0.4f });
        if (kind == "turned")
            (expected.Width, expected.Height).ShouldBe((image.Height, image.Width));

        Check(await Server.PostJsonAsync("/infer/object_detection", Body("demo", file)), expected);
        using HttpResponseMessage v0 = await Server.Client.PostAsync(
            "/drawn/1?api_key=None", TestServer.Body(Encoding.ASCII.GetBytes(Convert.ToBase64String(file)), "application/json"));
        Check(await Server.JsonAsync(v0), expected);
    }

    [Fact]
    public async Task V0_takes_all_settings_of_the_client_at_once()
    {
        using HttpResponseMessage response = await Server.Client.PostAsync(
            "/drawn/1?api_key=None&confidence=0.3&keypoint_confidence=0.5&format=json&labels=True&mask_decode_mode=accurate"
            + "&tradeoff_factor=0.5&max_detections=2&overlap=0.45&stroke=4&countinference=False&service_secret=s"
            + "&disable_preproc_auto_orient=True&disable_preproc_contrast=False&disable_preproc_grayscale=False"
            + "&disable_preproc_static_crop=True&disable_active_learning=True&active_learning_target_dataset=d"
            + "&response_mask_format=rle&source=sdk&source_info=%7B%22a%22%3A1%7D",
            TestServer.Body(Encoding.ASCII.GetBytes(Scenes.Base64), "application/json"));

        Detections all = shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.3f });
        all.Items.Count.ShouldBeGreaterThan(2);
        JsonElement answer = await Server.JsonAsync(response);
        Check(answer, all with { Items = [.. all.Items.Take(2)] });
        answer.GetProperty("predictions")[0].GetProperty("rle").GetProperty("counts").GetString()
            .ShouldBe(all.Items[0].Mask!.ToCompressedString());
    }

    [Fact]
    public async Task V1_takes_all_settings_of_the_client_at_once()
    {
        JsonElement answer = await Server.PostJsonAsync("/infer/instance_segmentation", $$"""
            {"api_key": null, "model_id": "demo", "disable_preproc_auto_orient": true, "disable_preproc_contrast": false,
             "disable_preproc_grayscale": false, "disable_preproc_static_crop": true, "class_agnostic_nms": false,
             "class_filter": [], "confidence": 0.3, "fix_batch_size": true, "iou_threshold": 0.45, "max_detections": 2,
             "max_candidates": 3000, "visualization_labels": false, "visualization_stroke_width": 2,
             "visualize_predictions": false, "disable_active_learning": true, "active_learning_target_dataset": "d",
             "source": "sdk", "source_info": "x", "mask_decode_mode": "tradeoff", "tradeoff_factor": 0.5,
             "response_mask_format": "polygon", "enforce_dense_masks": true, "image":
             {"type": "base64", "value": "{{Scenes.Base64}}"} }
            """);

        Detections all = shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.3f });
        Check(answer, all with { Items = [.. all.Items.Take(2)] });
        foreach (JsonElement one in answer.GetProperty("predictions").EnumerateArray())
            one.GetProperty("points").ValueKind.ShouldBe(JsonValueKind.Array); // the client scales them in each, or in none
    }

    // The client makes images as small as the list says, and multiplies boxes by what it divided the image by.
    [Fact]
    public async Task An_image_made_smaller_by_the_client_is_answered_in_its_own_pixels()
    {
        JsonElement model = (await Server.GetAsync("/model/registry?api_key=None")).GetProperty("models")[0];
        using Image image = Image.Load(Scenes.Jpeg);
        double factor = Math.Min(
            model.GetProperty("input_height").GetDouble() / image.Height,
            model.GetProperty("input_width").GetDouble() / image.Width);
        factor.ShouldBeLessThan(1);
        using Image small = Smaller(image, (int)(image.Width * factor), (int)(image.Height * factor));
        byte[] file = small.Encode(ImageFormat.Jpeg);

        JsonElement answer = await Server.PostJsonAsync("/infer/object_detection", Body("demo", file));

        Detections expected = shared.Detector.Detect(file, new DetectOptions { ScoreThreshold = 0.4f });
        (expected.Width, expected.Height).ShouldBe((small.Width, small.Height));
        Check(answer, expected);
    }

    // The client reads 'message' only where the answer calls itself JSON, and else shows the whole text.
    [Theory]
    [InlineData("/infer/object_detection", """{"model_id": "nothing", "image": {"value": "AAAA"} }""", 404)]
    [InlineData("/infer/object_detection", """{"model_id": "demo", "image": {"value": "AAAA"} }""", 400)]
    [InlineData("/infer/classification", """{"model_id": "demo"}""", 404)]
    [InlineData("/model/add", """{"model_id": "nothing"}""", 404)]
    [InlineData("/model/remove", """{"model_id": "nothing"}""", 404)]
    [InlineData("/nothing/1?api_key=k", "AAAA", 404)]
    [InlineData("/drawn/1?api_key=k", "AAAA", 400)]
    public async Task Errors_are_read_as_messages(string path, string body, int status)
    {
        using HttpResponseMessage response =
            await Server.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

        (await Server.JsonAsync(response, (HttpStatusCode)status)).GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    [Fact]
    public async Task A_key_comes_where_the_client_puts_it()
    {
        using var folder = new TemporaryFolder();
        (string key, string line) = KeyFile.Make("owner");
        await File.WriteAllTextAsync(folder["keys"], line.Replace(" infer", " all", StringComparison.Ordinal));
        await using TestServer own = await TestServer.StartAsync(TestServer.Options with { KeyFile = folder["keys"] });

        // As a part of addresses and bodies, the default.
        IdsOf(await own.GetAsync("/model/registry?api_key=" + key)).ShouldBe(["demo"]);
        await own.PostJsonAsync("/model/add", $$"""{"model_id": "demo/1", "api_key": "{{key}}"}""");
        await own.PostJsonAsync("/infer/object_detection", Body("demo/1", Scenes.Jpeg, key));
        using HttpResponseMessage v0 = await own.Client.PostAsync(
            $"/demo/1?api_key={key}&disable_active_learning=False",
            TestServer.Body(Encoding.ASCII.GetBytes(Scenes.Base64), "application/json"));
        v0.StatusCode.ShouldBe(HttpStatusCode.OK);

        // The client sends no key there unless it goes by header.
        (await own.PostJsonAsync("/model/remove", """{"model_id": "demo"}""", HttpStatusCode.Unauthorized))
            .GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        await own.PostJsonAsync("/model/clear", "", HttpStatusCode.Unauthorized);
        own.Client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        await own.PostJsonAsync("/infer/object_detection", Body("demo", Scenes.Jpeg));
        using HttpResponseMessage cleared = await own.Client.PostAsync("/model/clear", null); // no Content-Type
        IdsOf(await own.JsonAsync(cleared)).ShouldBeEmpty();
    }

    private static async Task<string[]> IdsAsync(TestServer server) =>
        IdsOf(await server.GetAsync("/model/registry?api_key=None"));

    private static string[] IdsOf(JsonElement registry) =>
        [.. registry.GetProperty("models").EnumerateArray().Select(m => m.GetProperty("model_id").GetString()!)];

    private static string Body(string model, byte[] file, string? key = null) => $$"""
        {"api_key": {{(key is null ? "null" : $"\"{key}\"")}}, "model_id": "{{model}}", "visualize_predictions": false,
         "disable_active_learning": false, "image": {"type": "base64", "value": "{{Convert.ToBase64String(file)}}"} }
        """;

    // An APP1 segment with the one entry 'orientation', value 6: to be turned by a quarter.
    private static byte[] Turned(byte[] jpeg) =>
    [
        .. jpeg.AsSpan(0, 2), 0xFF, 0xE1, 0x00, 0x22, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3,
        0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, .. jpeg.AsSpan(2),
    ];

    private static Image Smaller(Image image, int width, int height)
    {
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = image.Frame.Row(y * image.Height / height);
            for (int x = 0; x < width; x++)
                row.Slice(3 * (x * image.Width / width), 3).CopyTo(pixels.AsSpan(3 * (y * width + x)));
        }

        return Image.FromPixels(new PixelFrame(pixels, width, height, 3 * width, PixelFormat.Rgb24));
    }

    private static void Check(JsonElement answer, Detections expected)
    {
        expected.Items.ShouldNotBeEmpty();
        RoboflowRouteTests.Check(answer, expected);
    }
}
