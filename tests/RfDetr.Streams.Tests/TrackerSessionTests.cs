using System.Buffers;

namespace RfDetr.Tests.Streams;

public class TrackerSessionTests
{
    [Fact]
    public void Ids_go_on_after_an_interruption_and_old_ones_end()
    {
        var session = new TrackerSession(new TrackOptions { CameraMotion = CameraMotionUse.StandsStill });
        TrackedFrame first = Update(session, 0, false), second = Update(session, 1, false), third = Update(session, 2, true);
        TrackedFrame fourth = Update(session, 3, false);

        first.Detections.Select(d => d.TrackId).ShouldBe([1, 2]);
        second.Detections.Select(d => d.TrackId).ShouldBe([1, 2]);
        third.Detections.Select(d => d.TrackId).ShouldBe([3, 4]);
        third.Ended.ShouldBe([1, 2]);
        fourth.Detections.Select(d => d.TrackId).ShouldBe([3, 4]);
        new[] { first, second, third, fourth }.Select(f => f.Index).ShouldBe([0L, 1, 2, 3]);
    }

    private static TrackedFrame Update(TrackerSession session, int index, bool interrupted)
    {
        using var frame = new VideoFrame(ArrayPool<byte>.Shared.Rent(100 * 100 * 3), 100, 100) { Discontinuity = interrupted };
        Detection At(float x) => new() { Box = new BoxXyxy(x, 10, x + 20, 40), Score = 0.9f, ClassId = 0, ClassName = "cube" };
        var found = new Detections { Width = 100, Height = 100, Items = [At(10 + index), At(60 - index)] };
        return session.Update(frame, found, TimeSpan.FromSeconds(index / 10.0)).ShouldNotBeNull();
    }
}
