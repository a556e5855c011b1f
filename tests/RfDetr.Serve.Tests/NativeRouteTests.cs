using System.Net;
using System.Text.Json;

namespace RfDetr.Serve.Tests;

/// <summary><c>POST /detect</c> gives what the library gives.</summary>
[Collection(SharedServerCollection.Name)]
public class NativeRouteTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task Json_is_that_of_the_command_line()
    {
        foreach (string path in Scenes.Paths)
        {
            byte[] image = await File.ReadAllBytesAsync(path);
            using HttpResponseMessage response = await Server.PostImageAsync("/detect", image);
            JsonElement json = await Server.JsonAsync(response);

            response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
            WithoutTimes(json).ShouldBe(WithoutTimes(Expected(image, "-")));
        }
    }

    [Fact]
    public async Task A_form_may_have_several_images_with_one_set_of_options()
    {
        using var form = new MultipartFormDataContent
        {
            { TestServer.Body(Scenes.Jpeg, "image/jpeg"), "a", "folder/one.jpg" },
            { TestServer.Body(Scenes.OtherJpeg, "image/jpeg"), "b", "two.jpg" },
            { new StringContent("0.3"), "threshold" },
        };
        using HttpResponseMessage response = await Server.Client.PostAsync("/detect", form);
        JsonElement images = (await Server.JsonAsync(response)).GetProperty("images");

        images.GetArrayLength().ShouldBe(2);
        images[0].GetProperty("file").GetString().ShouldBe("one.jpg");
        images[0].GetProperty("detections").GetArrayLength()
            .ShouldBe(shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.3f }).Items.Count);
        images[1].GetProperty("detections").GetArrayLength()
            .ShouldBe(shared.Detector.Detect(Scenes.OtherJpeg, new DetectOptions { ScoreThreshold = 0.3f }).Items.Count);
    }

    [Fact]
    public async Task Options_reach_their_places()
    {
        Detections all = shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.05f });
        string name = all.Items[0].ClassName;
        var options = new DetectOptions
        {
            ScoreThreshold = 0.05f,
            Classes = [name],
            Heads = [Head.Boxes],
            Roi = new PixelRect(10, 20, all.Width - 10, all.Height - 20),
        };
        string query =
            $"/detect?threshold=0.05&classes={Uri.EscapeDataString(name)}&masks=false&roi=10,20,{all.Width - 10},{all.Height - 20}";

        using HttpResponseMessage response = await Server.PostImageAsync(query, Scenes.Jpeg);
        JsonElement json = await Server.JsonAsync(response);

        WithoutTimes(json).ShouldBe(WithoutTimes(Expected(Scenes.Jpeg, "-", options)));
        json.GetProperty("images")[0].GetProperty("detections")[0].TryGetProperty("mask", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("drawn/1")]
    [InlineData("coco")]
    [InlineData("demo")]
    public async Task A_model_answers_to_all_its_names(string name)
    {
        using HttpResponseMessage response = await Server.PostImageAsync("/detect?model=" + name, Scenes.Jpeg);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("X-Model-Id").Single().ShouldBe("drawn/1");
    }

    [Theory]
    [InlineData("image/jpeg", ImageFormat.Jpeg)]
    [InlineData("image/png", ImageFormat.Png)]
    [InlineData("text/html;q=0.1, image/*", ImageFormat.Jpeg)]
    public async Task A_drawn_image_is_an_answer_too(string accept, ImageFormat format)
    {
        using HttpResponseMessage response = await SendAsync(accept);
        byte[] drawn = await response.Content.ReadAsByteArrayAsync();

        ImageInfo info = ImageInfo.Read(drawn), given = ImageInfo.Read(Scenes.Jpeg);
        (info.Format, info.Width, info.Height).ShouldBe((format, given.Width, given.Height));
        drawn.SequenceEqual(Scenes.Jpeg).ShouldBeFalse();
    }

    [Fact]
    public async Task A_table_is_an_answer_too()
    {
        using HttpResponseMessage response = await SendAsync("text/csv");
        string text = await response.Content.ReadAsStringAsync();

        using var expected = new StringWriter();
        using (var csv = new DetectionCsv(expected, shared.Detector.Model))
        {
            csv.Write("-", shared.Detector.Detect(Scenes.Jpeg));
            csv.Complete();
        }

        text.ShouldBe(expected.ToString());
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
    }

    [Theory]
    [InlineData("?threshold=2", 400, ErrorCodes.Parameter)]
    [InlineData("?threshold=NaN", 400, ErrorCodes.Parameter)]
    [InlineData("?classes=unicorn", 400, ErrorCodes.Parameter)]
    [InlineData("?roi=1,2,3", 400, ErrorCodes.Parameter)]
    [InlineData("?roi=0,0,100000,1", 400, ErrorCodes.Parameter)]
    [InlineData("?masks=perhaps", 400, ErrorCodes.Parameter)]
    [InlineData("?model=..%2F..%2Fetc%2Fpasswd", 404, ErrorCodes.Model)]
    [InlineData("?model=nothing", 404, ErrorCodes.Model)]
    public async Task A_wrong_option_is_named(string query, int status, string code)
    {
        using HttpResponseMessage response = await Server.PostImageAsync("/detect" + query, Scenes.Jpeg);
        JsonElement error = await Server.JsonAsync(response, (HttpStatusCode)status);

        error.GetProperty("code").GetString().ShouldBe(code);
        error.GetProperty("message").GetString()!.ShouldNotContain(" at RfDetr");
        error.GetProperty("request_id").GetString().ShouldBe(response.Headers.GetValues("X-Request-Id").Single());
    }

    [Fact]
    public async Task Requests_with_other_options_may_share_a_run()
    {
        PreparedImage[] images = new PreparedImage[3];
        using Image one = Image.Decode(Scenes.Jpeg), two = Image.Decode(Scenes.OtherJpeg);
        (images[0], images[1], images[2]) = (
            shared.Detector.Prepare(one, new DetectOptions { ScoreThreshold = 0.2f }),
            shared.Detector.Prepare(two, new DetectOptions { ScoreThreshold = 0.9f }),
            shared.Detector.Prepare(one));
        IReadOnlyList<Detections> found = shared.Detector.Detect(images);

        found[0].Items.Count.ShouldBe(shared.Detector.Detect(one, new DetectOptions { ScoreThreshold = 0.2f }).Items.Count);
        found[1].Items.Count.ShouldBe(shared.Detector.Detect(two, new DetectOptions { ScoreThreshold = 0.9f }).Items.Count);
        found[2].Items.Select(d => d.Box).ShouldBe(shared.Detector.Detect(one).Items.Select(d => d.Box));
        foreach (PreparedImage image in images)
            image.Dispose();
        Should.Throw<ObjectDisposedException>(() => shared.Detector.Detect(images));
        await Task.CompletedTask;
    }

    internal static string WithoutTimes(JsonElement json) =>
        System.Text.RegularExpressions.Regex.Replace(json.GetRawText().Trim(), "\"time_ms\":\\{[^}]*\\}", "");

    private JsonElement Expected(byte[] image, string name, DetectOptions? options = null)
    {
        using var stream = new MemoryStream();
        using (var json = new DetectionJson(stream, shared.Detector.Model))
        {
            json.Write(name, shared.Detector.Detect(image, options));
            json.Complete();
        }

        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }

    private async Task<HttpResponseMessage> SendAsync(string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/detect");
        request.Content = TestServer.Body(Scenes.Jpeg, "image/jpeg");
        request.Headers.Accept.ParseAdd(accept);
        HttpResponseMessage response = await Server.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return response;
    }
}
