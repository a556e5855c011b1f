namespace RfDetr.Tests.Benchmarking;

public class MachineTests
{
    [Fact]
    public void Processor_times_count_what_the_host_takes_as_busy()
    {
        (double Busy, double Total) times = MachineCounters.ProcessorTimes("cpu  100 20 30 400 50 6 7 8 0 0").ShouldNotBeNull();
        times.Busy.ShouldBe(1.71, 1e-9);
        times.Total.ShouldBe(6.21, 1e-9);
        MachineCounters.ProcessorTimes("cpu0 1 2 3 4 5 6 7 8").ShouldBeNull();
        MachineCounters.ProcessorTimes(null).ShouldBeNull();
    }

    [Fact]
    public void What_this_process_used_is_not_others()
    {
        MachineCounters before = Counters(10, 100, 4), after = Counters(20, 120, 9);
        MachineCounters.OthersShare(before, after).ShouldBe(0.25);
        MachineCounters.OthersShare(before, before).ShouldBeNull("no time has passed");
        MachineCounters.OthersShare(before, Counters(11, 120, 9)).ShouldBe(0, "clocks of two kinds may differ a little");
    }

    [Fact]
    public void The_calibrated_loop_takes_time() => SpinLoop.Measure().ShouldBeGreaterThan(0);

    [Fact]
    public void Images_are_told_apart_by_content_and_order()
    {
        ImageSet ab = new([new byte[] { 1 }, new byte[] { 2, 3 }], "x"),
        again = new([new byte[] { 1 }, new byte[] { 2, 3 }], "y"), ba = new([new byte[] { 2, 3 }, new byte[] { 1 }], "x");
        ab.Summary.Sha256.ShouldBe(again.Summary.Sha256);
        ab.Summary.Sha256.ShouldNotBe(ba.Summary.Sha256);
        (ab.Summary.Count, ab.Summary.Bytes).ShouldBe((2, 3));
        Should.Throw<ArgumentException>(() => new ImageSet([], "none")).Message.ShouldContain("1 to 256 images, there are 0");
    }

    [Fact]
    public void All_wrong_options_are_told_at_once()
    {
        var options = new BenchmarkOptions
        {
            Batches = [],
            Callers = [1, 1],
            Warmup = -1,
            Runs = 2,
            Seconds = double.NaN,
            PauseMs = -5,
            ScoreThreshold = float.NaN
        };
        string message = Should.Throw<ArgumentException>(options.Validate).Message;
        foreach (
            string name in (string[])[
                "Batches", "Callers is 1,1", "Warmup is -1", "Runs is 2", "Seconds is NaN", "PauseMs is -5",
                "ScoreThreshold is NaN"
            ])
            message.ShouldContain(name);
    }

    private static MachineCounters Counters(double busy, double total, double own) =>
        new([0, 0, 0], 0, null, null, (busy, total), own);
}
