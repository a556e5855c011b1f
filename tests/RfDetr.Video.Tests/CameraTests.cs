using RfDetr.Video;

namespace RfDetr.Tests.Video;

public sealed class CameraTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Linux_devices_that_capture_are_cameras()
    {
        foreach ((int number, string index, string name) in new[]
        {
            (10, "0", "Laptop\n"), (2, "0", "USB \u001b[1mCamera"), (3, "1", "metadata"),
        })
        {
            _ = Directory.CreateDirectory(_folder[$"video{number}"]);
            File.WriteAllText(_folder[$"video{number}/index"], index + "\n");
            File.WriteAllText(_folder[$"video{number}/name"], name);
        }

        _ = Directory.CreateDirectory(_folder["videodev"]);
        Cameras.OfLinux(_folder[""]).ShouldBe(
            [new CameraInfo("camera:2", "USB  [1mCamera"), new CameraInfo("camera:10", "Laptop")]);
        Cameras.OfLinux(_folder["none"]).ShouldBeEmpty();
    }

    [Fact]
    public void Lists_of_other_systems_are_read()
    {
        Cameras.OfAvFoundation(
            """
            [AVFoundation indev @ 0x7f] AVFoundation video devices:
            [AVFoundation indev @ 0x7f] [0] FaceTime HD Camera
            [AVFoundation indev @ 0x7f] [1] Capture screen 0
            [AVFoundation indev @ 0x7f] AVFoundation audio devices:
            [AVFoundation indev @ 0x7f] [0] Microphone
            """).ShouldBe([new CameraInfo("camera:0", "FaceTime HD Camera"), new CameraInfo("camera:1", "Capture screen 0")]);
        Cameras.OfDirectShow(
            """
            [dshow @ 0x1] "Integrated Camera" (video)
            [dshow @ 0x1]   Alternative name "@device_pnp_1"
            [dshow @ 0x1] "Microphone" (audio)
            """).ShouldBe([new CameraInfo("camera:Integrated Camera", "Integrated Camera")]);
        Cameras.OfAvFoundation("").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a.mp4", true, false)]
    [InlineData("A.MKV", true, false)]
    [InlineData("http://host/a.webm?x=1", true, false)]
    [InlineData("rtsp://host/a", true, true)]
    [InlineData("camera:0", true, true)]
    [InlineData("a.png", false, false)]
    [InlineData("folder", false, false)]
    [InlineData("http://host/a.jpg", false, false)]
    public void Videos_are_told_from_images_by_their_names(string input, bool video, bool live) =>
        (VideoInputs.IsVideo(input), VideoInputs.IsLive(input)).ShouldBe((video, live));

    public void Dispose() => _folder.Dispose();
}
