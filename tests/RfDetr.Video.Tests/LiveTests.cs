using System.Buffers;
using System.Diagnostics;
using RfDetr.Video;

namespace RfDetr.Tests.Video;

public class LiveTests
{
    // Nothing is measured by it: it ends a test that hangs.
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task The_newest_frame_wins_and_the_others_are_counted()
    {
        using var newest = new NewestFrame();
        VideoFrame[] frames = [.. Enumerable.Range(0, 5).Select(i => Frame(i, discontinuity: i == 1))];
        foreach (VideoFrame frame in frames)
            await newest.PutAsync(frame, CancellationToken.None);

        using (VideoFrame taken = (await newest.TakeAsync(CancellationToken.None)).ShouldNotBeNull())
        {
            (taken.Index, taken.Dropped, taken.Discontinuity).ShouldBe((4, 4, true));
            taken.Rgb.Length.ShouldBe(12);
        }

        foreach (VideoFrame frame in frames)
            Should.Throw<ObjectDisposedException>(() => frame.Rgb);
        await newest.PutAsync(Frame(5, false), CancellationToken.None);
        using (VideoFrame next = (await newest.TakeAsync(CancellationToken.None)).ShouldNotBeNull())
            (next.Index, next.Dropped, next.Discontinuity).ShouldBe((5, 0, false));
        newest.Complete(null);
        (await newest.TakeAsync(CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task The_last_frame_and_then_the_failure_are_handed_out()
    {
        using var newest = new NewestFrame();
        await newest.PutAsync(Frame(0, false), CancellationToken.None);
        newest.Complete(new VideoException("gone"));

        (await newest.TakeAsync(CancellationToken.None)).ShouldNotBeNull().Dispose();
        (await Should.ThrowAsync<VideoException>(() => newest.TakeAsync(CancellationToken.None))).Message.ShouldBe("gone");
    }

    [Fact]
    public async Task Whoever_waits_can_stop_waiting()
    {
        using var newest = new NewestFrame();
        using var cancel = new CancellationTokenSource();
        Task<VideoFrame?> waiting = newest.TakeAsync(cancel.Token);
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task A_stream_that_breaks_off_goes_on_when_it_is_back_with_another_size()
    {
        _ = Clips.Tools;
        int port = FreePort.Next();
        using var cancel = new CancellationTokenSource(Hang);
        Process server = Serve(port, 64, 48);
        VideoSource? source = null;
        try
        {
            var options = new VideoOptions { Timeout = TimeSpan.FromSeconds(20) };
            source = await OpenAsync($"tcp://127.0.0.1:{port}", options, cancel.Token);
            source.Info.IsLive.ShouldBeTrue();

            // ffprobe was the server's only guest: the reader comes in when the server has started again.
            int read = 0;
            bool isBack = false;
            await foreach (VideoFrame frame in source.ReadAsync(cancel.Token))
            {
                using (frame)
                {
                    frame.Rgb.Length.ShouldBe(frame.Width * frame.Height * 3);
                    if (++read == 5)
                        server = Restarted(server, port, 96, 64);
                    if (frame.Width != 96)
                        continue;
                    frame.Discontinuity.ShouldBeTrue();
                    isBack = true;
                    break;
                }
            }

            isBack.ShouldBeTrue();
            source.Interruptions.ShouldBeGreaterThan(0);
        }
        catch (OperationCanceledException e) when (cancel.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"nothing for {Hang}, after {source?.Interruptions} interruptions; the last problem: {source?.Problem}", e);
        }
        finally
        {
            End(server);
        }
    }

    private static async Task<VideoSource> OpenAsync(
        string address, VideoOptions options, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await VideoSource.OpenAsync(address, options, cancellation);
            }
            catch (VideoException)
            {
                // The server does not listen yet. It is left alone: on a busy machine its start takes longer than this pause.
                await Task.Delay(500, cancellation);
            }
        }
    }

    // A server that starts again as long as it runs: it serves one guest at a time and ends with it.
    private static Process Serve(int port, int width, int height)
    {
        string arguments =
            $"-hide_banner -v error -re -f lavfi -i testsrc=size={width}x{height}:rate=10 -g 5 -c:v mpeg2video -f mpegts "
                + $"tcp://127.0.0.1:{port}?listen=1";
        var start = new ProcessStartInfo(
            "/bin/sh", ["-c", $"while true; do '{Clips.Tools.Ffmpeg}' -nostdin {arguments} 2>/dev/null; sleep 0.2; done"])
        {
            UseShellExecute = false,
        };
        Skip.If(!File.Exists("/bin/sh"), "needs a shell");
        return Process.Start(start)!;
    }

    private static Process Restarted(Process server, int port, int width, int height)
    {
        End(server);
        return Serve(port, width, height);
    }

    private static void End(Process server)
    {
        if (!server.HasExited)
            server.Kill(entireProcessTree: true);
        server.WaitForExit();
        server.Dispose();
    }

    private static VideoFrame Frame(int index, bool discontinuity) =>
        new(ArrayPool<byte>.Shared.Rent(12), 2, 2) { Index = index, Discontinuity = discontinuity };
}
