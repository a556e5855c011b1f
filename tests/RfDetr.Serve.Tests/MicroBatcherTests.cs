using System.Collections.Concurrent;
using System.Diagnostics;

namespace RfDetr.Serve.Tests;

/// <summary>The queue of a model, with a network that does what the test wants.</summary>
public class MicroBatcherTests
{
    private static readonly TimeSpan s_enough = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Members_of_a_batch_are_isolated()
    {
        using var bench = new Bench(maxBatch: 4);
        bench.FailAt = -1;
        Task<RunFacts> first = bench.AddAsync(0); // occupies the network while the others gather
        await bench.UntilRunningAsync();
        Task<RunFacts>[] members = [bench.AddAsync(1), bench.AddAsync(-1), bench.AddAsync(2), bench.AddAsync(3)];
        bench.Open();

        (await first).Batch.ShouldBe(1);
        (await members[0]).Batch.ShouldBe(4);
        (await Should.ThrowAsync<InvalidOperationException>(members[1])).Message.ShouldBe("bad image");
        await members[2];
        await members[3];
    }

    [Fact]
    public async Task A_request_that_is_over_is_answered_at_once_and_never_computed()
    {
        using var bench = new Bench(maxBatch: 1);
        Task<RunFacts> first = bench.AddAsync(1);
        await bench.UntilRunningAsync();
        using var gone = new CancellationTokenSource();
        var entry = new ProbeEntry(2, Lane.Interactive);
        Task<RunFacts> second = bench.Batcher.RunAsync(entry, gone.Token);

        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(second); // the network still stands at the gate
        entry.Released.ShouldBe(1);
        bench.Batcher.Waiting.ShouldBe(0);
        bench.Open();
        await first;
        await bench.AddAsync(3);
        bench.Seen.ShouldBe([1, 3]);
    }

    [Fact]
    [Trait("Duration", "Long")]
    public async Task Requests_that_end_at_the_moment_of_their_pick_leave_the_queue_alive()
    {
        using var bench = new Bench(maxBatch: 1);
        bench.Open();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(() =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                using var gone = new CancellationTokenSource();
                Task<RunFacts> run = bench.Batcher.RunAsync(new ProbeEntry(1, Lane.Interactive), gone.Token);
                Thread.SpinWait((i + caller) % 100); // ends before, at and after its pick
                gone.Cancel();
                ((IAsyncResult)run).AsyncWaitHandle.WaitOne(s_enough).ShouldBeTrue("the queue stands still");
                _ = run.Exception;
            }
        }))).WaitAsync(s_enough);

        await bench.AddAsync(2).WaitAsync(s_enough);
        bench.Batcher.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_batch_is_canceled_only_when_all_its_members_are_gone()
    {
        using var bench = new Bench(maxBatch: 2);
        Task<RunFacts> first = bench.AddAsync(0);
        await bench.UntilRunningAsync();
        using CancellationTokenSource a = new(), b = new();
        Task<RunFacts> one = bench.Batcher.RunAsync(new ProbeEntry(1, Lane.Interactive), a.Token);
        Task<RunFacts> two = bench.Batcher.RunAsync(new ProbeEntry(2, Lane.Interactive), b.Token);
        bench.Step();
        await first;
        await bench.UntilRunningAsync(2);

        await a.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(one);
        bench.Current.IsCancellationRequested.ShouldBeFalse();
        await b.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(two);

        bench.Current.IsCancellationRequested.ShouldBeTrue();
        bench.Open();
        await bench.AddAsync(3);
        bench.Seen.ShouldBe([0, 3]);
    }

    [Fact]
    public async Task A_request_is_admitted_whole_or_not_at_all()
    {
        using var bench = new Bench(maxBatch: 1, queue: 3);
        using MicroBatcher.Admission two = bench.Batcher.Admit(2, s_enough);

        ServeException refused = Should.Throw<ServeException>(() => bench.Batcher.Admit(2, s_enough));
        (refused.Status, refused.Code).ShouldBe((503, ErrorCodes.Overloaded));
        refused.RetryAfter.ShouldNotBeNull();
        Should.Throw<ServeException>(() => bench.Batcher.Admit(4, s_enough)).Status.ShouldBe(413, "it would never be admitted");
        bench.Batcher.Ahead.ShouldBe(2);
        bench.Batcher.Admit(1, s_enough).Dispose();
        await bench.CloseAsync();
    }

    [Fact]
    public async Task A_request_is_refused_that_would_wait_longer_than_it_has_time()
    {
        using var bench = new Bench(maxBatch: 1, queue: 1000, secondsPerImage: 2);
        using MicroBatcher.Admission ten = bench.Batcher.Admit(10, s_enough);

        bench.Batcher.PredictedWait.ShouldBe(TimeSpan.FromSeconds(20));
        ServeException refused = Should.Throw<ServeException>(() => bench.Batcher.Admit(1, TimeSpan.FromSeconds(19)));
        refused.RetryAfter.ShouldBe(TimeSpan.FromSeconds(20));
        bench.Batcher.Admit(1, TimeSpan.FromSeconds(21)).Dispose();
        await bench.CloseAsync();
    }

    [Fact]
    public async Task Waiting_bytes_are_bounded()
    {
        using var bench = new Bench(maxBatch: 1, queueBytes: 4);
        Task<RunFacts> first = bench.AddAsync(1);
        await bench.UntilRunningAsync();
        Task<RunFacts> second = bench.AddAsync(2);

        Should.Throw<ServeException>(() => bench.Batcher.Admit(1, s_enough)).Message.ShouldContain("4 bytes");
        bench.Open();
        await Task.WhenAll(first, second);
        bench.Batcher.Admit(1, s_enough).Dispose();
    }

    [Fact]
    public async Task Every_eighth_pick_is_from_the_lower_lane()
    {
        using var bench = new Bench(maxBatch: 1);
        Task<RunFacts> first = bench.AddAsync(0); // the first pick
        await bench.UntilRunningAsync();
        Task<RunFacts>[] rest =
        [
            .. Enumerable.Range(100, 2).Select(i => bench.AddAsync(i, Lane.Batch)),
            .. Enumerable.Range(1, 16).Select(i => bench.AddAsync(i)),
        ];
        bench.Open();
        await Task.WhenAll([first, .. rest]);

        bench.Seen.ShouldBe([0, 1, 2, 3, 4, 5, 6, 100, 7, 8, 9, 10, 11, 12, 13, 101, 14, 15, 16]);
    }

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(2, new[] { 1, 2 })]
    [InlineData(6, new[] { 1, 2, 4, 6 })]
    [InlineData(8, new[] { 1, 2, 4, 8 })]
    public void Batches_have_few_sizes(int most, int[] sizes) =>
        new BatchPlan(most, TimeSpan.Zero, 1, 1, 1).Sizes.ShouldBe(sizes);

    [Theory]
    [InlineData(8, 1, 1)]
    [InlineData(8, 3, 2)]
    [InlineData(8, 7, 4)]
    [InlineData(8, 100, 8)]
    [InlineData(6, 7, 6)]
    public void A_batch_takes_what_is_there(int most, int waiting, int expected) =>
        new BatchPlan(most, TimeSpan.Zero, 1, 1, 1).SizeFor(waiting).ShouldBe(expected);

    [Fact]
    public async Task An_idle_batcher_runs_a_single_image_alone_even_if_batches_are_allowed()
    {
        using var bench = new Bench(maxBatch: 8);
        bench.Open();

        (await bench.AddAsync(1)).Batch.ShouldBe(1);
    }

    [Fact]
    public async Task A_batch_that_was_asked_to_wait_fills()
    {
        using var bench = new Bench(maxBatch: 2, maxDelay: TimeSpan.FromSeconds(10));
        bench.Open();
        Task<RunFacts> one = bench.AddAsync(1), two = bench.AddAsync(2);

        (await one).Batch.ShouldBe(2);
        (await two).Batch.ShouldBe(2);
    }

    [Fact]
    public async Task A_closed_batcher_finishes_what_waits_and_takes_nothing_more()
    {
        using var bench = new Bench(maxBatch: 1);
        Task<RunFacts> first = bench.AddAsync(1);
        await bench.UntilRunningAsync();
        Task<RunFacts> second = bench.AddAsync(2);
        Task closing = Task.Run(bench.Batcher.Dispose);
        while (!IsClosed(bench.Batcher))
            await Task.Delay(5);
        bench.Open();
        await closing;

        await first;
        await second;
        (await Should.ThrowAsync<ServeException>(bench.AddAsync(3))).Code.ShouldBe(ErrorCodes.Draining);
    }

    private static bool IsClosed(MicroBatcher batcher)
    {
        try
        {
            batcher.Admit(1, s_enough).Dispose();
            return false;
        }
        catch (ServeException)
        {
            return true;
        }
    }

    /// <summary>A batcher whose network stands at a gate and notes what it sees.</summary>
    private sealed class Bench : IDisposable, IBatchObserver
    {
        private readonly SemaphoreSlim _gate = new(0);
        private readonly ConcurrentQueue<int> _seen = new();
        private int _runs;

        public Bench(
            int maxBatch, int queue = 100, long queueBytes = long.MaxValue, double secondsPerImage = 0, TimeSpan maxDelay =
                default) =>
            Batcher = new MicroBatcher(
                "test", new BatchPlan(maxBatch, maxDelay, 1, queue, queueBytes), Run, this, secondsPerImage);

        public MicroBatcher Batcher { get; }

        public int? FailAt { get; set; }

        public CancellationToken Current { get; private set; }

        public IReadOnlyList<int> Seen => [.. _seen];

        public Task<RunFacts> AddAsync(int number, Lane lane = Lane.Interactive) =>
            Batcher.RunAsync(new ProbeEntry(number, lane), CancellationToken.None);

        public void Step() => _gate.Release();

        public void Open() => _gate.Release(100_000);

        public async Task UntilRunningAsync(int runs = 1)
        {
            for (int i = 0; i < 3000 && Volatile.Read(ref _runs) < runs; i++)
                await Task.Delay(10);
            Volatile.Read(ref _runs).ShouldBeGreaterThanOrEqualTo(runs);
        }

        public Task CloseAsync()
        {
            Open();
            return Task.CompletedTask;
        }

        public void Ran(int images, double runMs, IReadOnlyList<double> queuedMs) => queuedMs.Count.ShouldBe(images);

        public void Dispose()
        {
            Open();
            Batcher.Dispose();
            _gate.Dispose();
        }

        private void Run(IReadOnlyList<INetworkEntry> entries, CancellationToken cancellation)
        {
            Current = cancellation;
            Interlocked.Increment(ref _runs);
            _gate.Wait(cancellation);
            cancellation.ThrowIfCancellationRequested(); // an open gate and a canceled run may come together
            int[] numbers = [.. entries.Select(e => (int)e.Input[0])];
            if (FailAt is { } bad && numbers.Contains(bad))
                throw new InvalidOperationException("bad image");
            foreach (int number in numbers)
                _seen.Enqueue(number);
        }
    }

    private sealed class ProbeEntry(int number, Lane lane)
        : BatchEntry(lane, Stopwatch.GetTimestamp() + 600 * Stopwatch.Frequency)
    {
        private readonly float[] _input = [number];

        public int Released { get; private set; }

        public override long Bytes => sizeof(float);

        public override ReadOnlySpan<float> Input => _input;

        public override void Take(INetworkOutputs outputs, int image, double inferenceMs)
        {
        }

        public override void Release() => Released++;
    }
}
