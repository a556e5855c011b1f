namespace RfDetr.Tests.Shared;

public sealed class RunPoolTests
{
    private readonly List<int> _planned = [], _freed = [];
    private int _created, _closed;

    [Fact]
    public void Buffers_are_used_again()
    {
        using RunPool<int, Buffer> pool = Pool(sizes: 2);
        Buffer first = pool.Rent(1), second = pool.Rent(1);
        first.ShouldNotBeSameAs(second);
        pool.Return(1, first);
        pool.Rent(1).ShouldBeSameAs(first);
        _created.ShouldBe(2);
        _planned.ShouldBe([1]);
    }

    [Fact]
    public void Only_the_sizes_used_last_are_kept()
    {
        using RunPool<int, Buffer> pool = Pool(sizes: 2);
        foreach (int batch in (int[])[1, 2, 1, 3])
            pool.Return(batch, pool.Rent(batch));
        _freed.ShouldBe([2], "2 was used longest ago");
        Buffer late = pool.Rent(4);
        _freed.ShouldBe([2, 1]);
        pool.Return(3, pool.Rent(3));
        pool.Return(5, pool.Rent(5));
        pool.Return(4, late);
        _freed.ShouldBe([2, 1, 4], "a run that comes back after its size was dropped is not kept");
        _planned.ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public void Disposing_frees_what_is_idle_and_closes_after_the_last_run()
    {
        RunPool<int, Buffer> pool = Pool(sizes: 4);
        Buffer busy = pool.Rent(1);
        pool.Return(2, pool.Rent(2));
        pool.Dispose();
        _freed.ShouldBe([2]);
        _closed.ShouldBe(0);
        Should.Throw<ObjectDisposedException>(() => pool.Rent(1)).ObjectName.ShouldBe("Owner");
        Should.Throw<ObjectDisposedException>(() => pool.PlanFor(1));
        pool.Return(1, busy);
        _freed.ShouldBe([2, 1]);
        _closed.ShouldBe(1);
        pool.Dispose();
        _closed.ShouldBe(1);
    }

    [Fact]
    public void A_run_that_cannot_be_made_holds_nothing()
    {
        RunPool<int, Buffer> pool = new(
            "Owner", 1, batch => batch, _ => throw new InvalidDataException(), _ => { }, () => _closed++);
        Should.Throw<InvalidDataException>(() => pool.Rent(1));
        Should.Throw<ArgumentOutOfRangeException>(() => pool.Rent(0));
        pool.Dispose();
        _closed.ShouldBe(1);
    }

    [Fact]
    public void No_buffer_has_two_users()
    {
        int freed = 0;
        RunPool<int, Buffer> pool = new(
            "Owner", 2, batch => batch, batch => new Buffer(batch), _ => Interlocked.Increment(ref freed), () => _closed++);
        int shared = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, worker =>
        {
            for (int i = 0; i < 500; i++)
            {
                int batch = (worker + i) % 3 + 1;
                Buffer buffer = pool.Rent(batch);
                if (buffer.Batch != batch || Interlocked.Increment(ref buffer.Users) != 1)
                    Interlocked.Increment(ref shared);
                Interlocked.Decrement(ref buffer.Users);
                pool.Return(batch, buffer);
            }
        });
        pool.Dispose();
        shared.ShouldBe(0);
        freed.ShouldBeGreaterThan(0);
        _closed.ShouldBe(1);
    }

    private RunPool<int, Buffer> Pool(int sizes) => new(
        "Owner", sizes, Plan, batch => new Buffer(batch, _created++), buffer => _freed.Add(buffer.Batch), () => _closed++);

    private int Plan(int batch)
    {
        _planned.Add(batch);
        return batch;
    }

    private sealed class Buffer(int batch, int number = 0)
    {
        public int Users;

        public int Batch => batch;

        public int Number => number;
    }
}
