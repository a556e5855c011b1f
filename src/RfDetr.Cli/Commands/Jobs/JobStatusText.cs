using RfDetr.Jobs;

namespace RfDetr.Cli.Commands;

/// <summary>A job's status for people.</summary>
internal static class JobStatusText
{
    /// <summary>One line: done, failed, dead, rate, time left.</summary>
    public static string Line(JobStatus s)
    {
        string percent = Invariant.Text($"{Math.Floor(1000.0 * s.ImagesDone / s.Images) / 10:0.0} %");
        string failed = s.ImagesFailed > 0 ? Invariant.Text($", {s.ImagesFailed} failed") : "";
        string dead = s.ShardsDead > 0
            ? $", {Invariant.Plural(s.ShardsDead, "dead shard")} (rfdetr jobs repair {s.Destination})"
            : "";
        string rate = s.IsComplete ? "" : Invariant.Text($", {s.ImagesPerSecond:0.0} images/s, {Left(s.SecondsLeft)}");
        return Invariant.Text($"{s.Job}: {s.ImagesDone} of {s.Images} images ({percent}), {s.ShardsDone} of {s.Shards} shards")
            + failed + dead + rate;
    }

    private static string Left(double? seconds)
    {
        if (seconds is not { } left)
            return "no time to be told yet";
        var time = TimeSpan.FromSeconds(Math.Min(left, 1e9));
        return time.TotalDays >= 1
            ? Invariant.Text($"{(int)time.TotalDays} d {time.Hours} h left")
            : time.TotalHours >= 1
                ? Invariant.Text($"{(int)time.TotalHours} h {time.Minutes} min left")
                : Invariant.Text($"{(int)time.TotalMinutes} min {time.Seconds} s left");
    }
}
