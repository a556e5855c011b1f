using System.Text.Json;

namespace RfDetr.Page.Tests;

/// <summary>A camera of two drawn scenes, through the browser and the WebSocket.</summary>
[Collection(nameof(Browser))]
public sealed class CameraTests(Browser browser)
{
    private static readonly string[] s_classes = ["ball", "cube", "cone", "ring", "star", "mug"];

    [SkippableFact]
    public async Task Frames_stream_with_at_most_two_on_the_way()
    {
        await using Window window = await browser.OpenAsync(new() { Permissions = ["camera"] });
        var lockObject = new Lock();
        long sent = 0, answered = 0, most = 0;
        var answers = new List<JsonElement>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        window.Page.WebSocket += (_, socket) =>
        {
            socket.FrameSent += (_, frame) =>
            {
                lock (lockObject)
                {
                    if (frame.Binary is not [0xFF, 0xD8, ..]) // the settings come first and as text, frames are JPEG
                        return;
                    most = Math.Max(most, ++sent - answered);
                }
            };
            socket.FrameReceived += (_, frame) =>
            {
                lock (lockObject)
                {
                    JsonElement answer = JsonDocument.Parse(frame.Text!).RootElement;
                    if (!answer.TryGetProperty("frame", out JsonElement number))
                        return;
                    answers.Add(answer);
                    answered = number.GetInt64() + 1; // frames before it were answered or dropped
                    if (answers.Count >= 6)
                        enough.TrySetResult();
                }
            };
        };
        await window.Find("#camera").ClickAsync();
        await enough.Task.WaitAsync(TimeSpan.FromMinutes(3));
        await window.Find("#objects tr").First.WaitForAsync();
        (await window.Find("#camera").GetAttributeAsync("aria-pressed")).ShouldBe("true");
        (await window.TextAsync("#meter")).ShouldContain("frames/s");
        await window.ScreenshotAsync("camera");
        await window.Find("#camera").ClickAsync();
        (await window.Find("#camera").GetAttributeAsync("aria-pressed")).ShouldBe("false");

        lock (lockObject)
        {
            most.ShouldBeInRange(1L, 2L);
            answers.Select(a => a.GetProperty("frame").GetInt64()).ShouldBeInOrder();
            answers.ShouldAllBe(a => a.GetProperty("width").GetInt32() == 480 && a.GetProperty("height").GetInt32() == 480);
            string[] names = [.. answers.SelectMany(a => a.GetProperty("detections").EnumerateArray())
                .Where(d => d.GetProperty("score").GetDouble() > 0.5)
                .Select(d => d.GetProperty("class_name").GetString()!).Distinct()];
            names.ShouldNotBeEmpty("the scenes of the camera have objects that the model knows");
            names.ShouldBeSubsetOf(s_classes);
        }

        window.Complaints.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task An_image_ends_the_camera_and_a_camera_that_is_refused_is_explained()
    {
        await using Window window = await browser.OpenAsync(new() { Permissions = ["camera"] });
        await window.Find("#camera").ClickAsync();
        await window.Find("#objects tr").First.WaitForAsync();
        await window.SampleAsync();

        // What the camera left on the page looks settled already.
        await window.UntilAsync("document.querySelector('#detail').textContent.startsWith('sample.jpg')");
        (await window.Find("#camera").GetAttributeAsync("aria-pressed")).ShouldBe("false");
        (await window.Find("#meter").IsVisibleAsync()).ShouldBeFalse();

        await window.Page.EvaluateAsync(
            "() => navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))");
        await window.Find("#camera").ClickAsync();
        await window.Find("#error").WaitForAsync();
        (await window.TextAsync("#error")).ShouldContain("not allowed");
    }
}
