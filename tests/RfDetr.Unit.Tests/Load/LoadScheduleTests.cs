namespace RfDetr.Tests.Load;

/// <summary>Arrivals and latencies in virtual time: every figure is exact.</summary>
public sealed class LoadScheduleTests
{
    private static readonly BenchmarkImages s_images = new(1, 1, "", "nothing");

    [Theory]
    [InlineData(10, 1, 10)]
    [InlineData(0.1, 10, 1)]
    [InlineData(3, 0.5, 2)]
    [InlineData(10_000, 0.1, 1000)]
    public void Even_arrivals_fill_the_step(double rate, double seconds, int count)
    {
        TimeSpan[] times = ArrivalSchedule.Of(rate, seconds, Arrivals.Even, 1);
        times.Length.ShouldBe(count);
        times[0].ShouldBe(TimeSpan.Zero);
        for (int i = 1; i < count; i++)
            (times[i] - times[i - 1]).TotalSeconds.ShouldBe(1 / rate, 1e-6);
    }

    [Fact]
    public void Random_arrivals_are_those_of_their_seed_and_have_the_rate_and_spread_of_independent_callers()
    {
        TimeSpan[] times = ArrivalSchedule.Of(1000, 20, Arrivals.Random, 7);
        times.ShouldBe(ArrivalSchedule.Of(1000, 20, Arrivals.Random, 7));
        times.ShouldNotBe(ArrivalSchedule.Of(1000, 20, Arrivals.Random, 8));
        times.ShouldBeInOrder();
        times[^1].TotalSeconds.ShouldBeLessThan(20);
        double[] gaps = [.. times.Zip(times.Skip(1), (a, b) => (b - a).TotalSeconds)];
        gaps.Average().ShouldBe(1e-3, 5e-5);
        // An exponential distribution has as much deviation as mean.
        SampleStatistics.Of(gaps).StandardDeviation.ShouldBe(1e-3, 1e-4);
    }

    [Fact]
    public async Task A_stall_counts_for_every_request_that_was_to_be_sent_meanwhile()
    {
        var clock = new VirtualClock();
        // One place in flight; the first answer takes 5 s, all others none. A generator that waits for answers would report one
        // slow request among a hundred.
        var server = new VirtualServer(clock, index => TimeSpan.FromSeconds(index == 0 ? 5 : 0));
        LoadStep step = await Step(clock, server, rate: 10, seconds: 10, inFlight: 1);

        step.Requests.ShouldBe(100);
        step.Statuses["200"].ShouldBe(100);
        step.LatencyMs!.Max.ShouldBe(5000);
        // Requests 0…49 wait 5.0, 4.9, … 0.1 s, the others not at all.
        step.LatencyMs.Mean.ShouldBe(Enumerable.Range(0, 50).Sum(i => 5000 - 100 * i) / 100.0, 1e-6);
        step.LagMs.Max.ShouldBe(4900);
        step.ServiceMs!.P95.ShouldBe(0, "from the time of sending the stall is hardly seen");
        step.ServiceMs.Max.ShouldBe(5000);
        step.AchievedRate.ShouldBe(10);
    }

    [Fact]
    public async Task A_server_that_is_too_slow_shows_as_less_achieved_than_offered()
    {
        var clock = new VirtualClock();
        var server = new VirtualServer(clock, _ => TimeSpan.FromSeconds(0.2)); // 5 per second
        LoadStep step = await Step(clock, server, rate: 10, seconds: 10, inFlight: 1);
        step.OfferedRate.ShouldBe(10);
        step.AchievedRate.ShouldBe(5); // 100 answers in 20 s
        step.LatencyMs!.Max.ShouldBe(200 * 100 - 9900, 1e-6);
    }

    [Fact]
    public async Task A_request_whose_time_is_over_before_a_place_is_free_is_not_sent()
    {
        var clock = new VirtualClock();
        var server = new VirtualServer(clock, index => TimeSpan.FromSeconds(index == 0 ? 5 : 0));
        LoadStep step = await Step(clock, server, rate: 10, seconds: 10, inFlight: 1, timeout: 2);
        // Due at 0.1 … 3.0 s: at 5.0 s they have waited 2 s or more.
        step.Statuses[LoadOutcomes.NotSent].ShouldBe(30);
        step.Statuses["200"].ShouldBe(70);
        server.Sent.ShouldBe(70);
    }

    [Fact]
    public async Task Percentages_are_of_the_capacity_and_rounds_alternate()
    {
        var clock = new VirtualClock();
        var server = new VirtualServer(clock, _ => TimeSpan.FromSeconds(0.05)); // one caller makes 20 per second
        LoadReport report = await LoadGenerator.RunAsync(
            server, s_images,
            new LoadOptions
            {
                Url = new Uri("http://127.0.0.1/detect?api_key=secret"),
                Percent = [50, 100],
                Callers = 1,
                Seconds = 2,
                Rounds = 2,
                Clock = clock,
            },
            null, default);
        report.Capacity.ShouldBe(20);
        report.Steps.Select(s => (s.Percent, s.Rate, s.Round)).ShouldBe([(50, 10, 1), (100, 20, 1), (100, 20, 2), (50, 10, 2)]);
        report.Url.ShouldBe("http://127.0.0.1/detect");
    }

    [Fact]
    public async Task A_server_that_refuses_has_no_capacity()
    {
        var clock = new VirtualClock();
        var server = new VirtualServer(clock, _ => TimeSpan.Zero) { Answer = _ => new LoadAnswer("401") };
        IOException e = await Should.ThrowAsync<IOException>(() => LoadGenerator.RunAsync(
            server, s_images,
            new LoadOptions { Url = new Uri("http://127.0.0.1/detect"), Percent = [50], Clock = clock }, null, default));
        e.Message.ShouldContain("401");
    }

    [Fact]
    public async Task Refusals_are_counted_apart_with_those_that_do_not_say_when_to_come_back()
    {
        var clock = new VirtualClock();
        var server = new VirtualServer(clock, _ => TimeSpan.FromMilliseconds(1))
        {
            Answer = index => (index % 4) switch
            {
                0 => new LoadAnswer("200"),
                1 => new LoadAnswer("503", TellsWhenToRetry: true),
                2 => new LoadAnswer("429"),
                _ => new LoadAnswer("500"),
            },
        };
        LoadStep step = await Step(clock, server, rate: 10, seconds: 2, inFlight: 4);
        step.Statuses.ShouldBe(
            new Dictionary<string, int> { ["200"] = 5, ["429"] = 5, ["500"] = 5, ["503"] = 5 }, ignoreOrder: true);
        step.RefusalsWithoutRetryAfter.ShouldBe(5);
        step.AchievedRate.ShouldBe(2.5);
        step.RefusedMs!.Max.ShouldBe(1);
    }

    private static async Task<LoadStep> Step(
        VirtualClock clock, VirtualServer server, double rate, double seconds, int inFlight, double timeout = 60)
    {
        var options = new LoadOptions
        {
            Url = new Uri("http://127.0.0.1/detect"),
            Rates = [rate],
            Seconds = seconds,
            InFlight = inFlight,
            TimeoutSeconds = timeout,
            Clock = clock,
        };
        return (await LoadGenerator.RunAsync(server, s_images, options, null, default)).Steps.ShouldHaveSingleItem();
    }

    /// <summary>Time that stands still until somebody waits for it: a timer moves it on and fires.</summary>
    private sealed class VirtualClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public void Advance(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Advance(dueTime);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
            return new Fired();
        }

        private sealed class Fired : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }

    /// <summary>Answers after so much virtual time, one request after another.</summary>
    private sealed class VirtualServer(VirtualClock clock, Func<int, TimeSpan> delay) : ILoadTarget
    {
        public Func<int, LoadAnswer> Answer { get; init; } = _ => new LoadAnswer("200");

        public int Sent { get; private set; }

        public Task<LoadAnswer> SendAsync(int index, TimeSpan patience, CancellationToken cancellation)
        {
            Sent++;
            clock.Advance(delay(index));
            return Task.FromResult(Answer(index));
        }
    }
}
