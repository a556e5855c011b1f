using RfDetr.Cpu;

namespace RfDetr.Tests.Cpu;

/// <summary>Every task is taken once, a worker's own first.</summary>
public sealed class TaskRangesTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 5)]
    [InlineData(2, 7)]
    [InlineData(3, 2)]
    [InlineData(4, 100)]
    public void One_worker_alone_gets_all_its_own_from_the_front_then_the_others_from_the_back(int workers, int tasks)
    {
        for (int worker = 0; worker < workers; worker++)
        {
            var ranges = new TaskRanges(workers);
            ranges.Post(1, tasks);
            var expected = new List<int>();
            for (int i = 0; i < workers; i++)
            {
                int of = (worker + i) % workers, first = tasks * of / workers, count = tasks * (of + 1) / workers - first;
                IEnumerable<int> own = Enumerable.Range(first, count);
                expected.AddRange(i == 0 ? own : own.Reverse());
            }

            var taken = new List<int>();
            ranges.Any.ShouldBe(tasks > 0);
            for (int task; (task = ranges.Take(worker)) >= 0;)
                taken.Add(task);
            taken.ShouldBe(expected);
            ranges.Any.ShouldBeFalse();
        }
    }

    [Fact]
    public void Many_workers_at_once_take_each_task_once_step_after_step()
    {
        const int Workers = 4, Tasks = 5000;
        var ranges = new TaskRanges(Workers);
        for (int step = 1; step <= 50; step++)
        {
            int[] counts = new int[Tasks];
            ranges.Post(step, Tasks);
            Parallel.For(0, Workers, new ParallelOptions { MaxDegreeOfParallelism = Workers }, worker =>
            {
                for (int task; (task = ranges.Take(worker)) >= 0;)
                    _ = Interlocked.Increment(ref counts[task]);
            });
            counts.ShouldAllBe(c => c == 1);
        }
    }

    [Fact]
    public void The_largest_step_and_numbers_that_wrap_around_are_no_exception()
    {
        var ranges = new TaskRanges(2);
        foreach (int step in new[] { int.MaxValue, int.MinValue, -1, 0 })
        {
            ranges.Post(step, TaskRanges.MostTasks);
            ranges.Take(0).ShouldBe(0);
            ranges.Take(1).ShouldBe(TaskRanges.MostTasks / 2);
            int left = TaskRanges.MostTasks - 2;
            while (ranges.Take(1) >= 0)
                left--;
            left.ShouldBe(0);
        }
    }
}
