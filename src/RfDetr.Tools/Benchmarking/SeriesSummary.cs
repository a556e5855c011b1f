using System.Diagnostics;

namespace RfDetr.Tools;

/// <summary>Turns the callers' notes into a series.</summary>
internal static class SeriesSummary
{
    public static BenchmarkSeries Of(
        int batch, int callers, BenchmarkOptions options, Caller[] all, MachineCounters before, MachineCounters after)
    {
        var calls = new List<CallTimes>();
        foreach (Caller caller in all)
            calls.AddRange(caller.Calls);
        calls.Sort((a, b) => a.Start.CompareTo(b.Start));
        double seconds = Stopwatch.GetElapsedTime(calls[0].Start, calls.Max(c => c.End)).TotalSeconds;
        double spinning = calls.SkipLast(1).Sum(c => c.Spin) / 1000;
        int images = calls.Count * batch;
        double[] endToEnd = Column(calls, c => c.EndToEnd);
        return new BenchmarkSeries
        {
            Batch = batch,
            Callers = callers,
            Seconds = seconds,
            ImagesPerSecond = images / Math.Max(seconds - spinning, 1e-9),
            Stages = Stages(calls, endToEnd, options.Draw),
            AllocatedBytesPerImage = calls.Average(c => (double)c.Allocated) / batch,
            Collections = [.. after.Collections.Zip(before.Collections, (b, a) => b - a)],
            CollectionPauseMs = after.CollectionPauseMs - before.CollectionPauseMs,
            Machine = new MachineState
            {
                SpinMs = callers == 1 ? Column(calls, c => c.Spin) : [],
                CallDrift = SampleStatistics.Drift(endToEnd),
                FrequencyBeforeMHz = before.FrequencyMHz,
                FrequencyAfterMHz = after.FrequencyMHz,
                InvoluntarySwitches = after.InvoluntarySwitches - before.InvoluntarySwitches,
                OthersShare = MachineCounters.OthersShare(before, after),
            },
        };
    }

    private static List<StageSamples> Stages(List<CallTimes> calls, double[] endToEnd, bool draw)
    {
        List<StageSamples> stages =
        [
            new(BenchmarkStages.Decode, Column(calls, c => c.Decode)),
            new(BenchmarkStages.Preprocess, Column(calls, c => c.Preprocess)),
            new(BenchmarkStages.Run, Column(calls, c => c.Run)),
            new(BenchmarkStages.Postprocess, Column(calls, c => c.Postprocess)),
        ];
        if (draw)
            stages.Add(new(BenchmarkStages.Draw, Column(calls, c => c.Draw)));
        stages.Add(new(BenchmarkStages.EndToEnd, endToEnd));
        return stages;
    }

    // Tenths of microseconds are beyond the clock; fewer digits keep reports small.
    private static double[] Column(List<CallTimes> calls, Func<CallTimes, double> value) =>
        [.. calls.Select(c => Math.Round(value(c), 4))];
}
