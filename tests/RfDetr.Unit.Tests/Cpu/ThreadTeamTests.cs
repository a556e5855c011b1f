using RfDetr.Cpu;

namespace RfDetr.Tests.Cpu;

/// <summary>Every task of every step is carried out once, whoever does it and however long helpers sleep.</summary>
public sealed class ThreadTeamTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 200)]
    [InlineData(5, 50)]
    public void Each_task_runs_once_and_before_the_step_ends(int threads, int spin)
    {
        using var team = new ThreadTeam(threads, spin, []);
        var steps = Enumerable.Range(0, 400).Select(i => new Counting(i % 23)).ToArray();
        for (int run = 0; run < 4; run++)
        {
            team.TryEnter().ShouldBeTrue();
            foreach (Counting step in steps)
            {
                team.Run(step, 0, 0, 0);
                step.Counts.ShouldAllBe(c => c == run + 1);
            }

            team.Exit();
        }
    }

    [Fact]
    public void One_run_at_a_time_has_the_team()
    {
        using var team = new ThreadTeam(2, 0, []);
        team.TryEnter().ShouldBeTrue();
        team.TryEnter().ShouldBeFalse();
        team.Exit();
        team.TryEnter().ShouldBeTrue();
        team.Exit();
    }

    [Fact]
    public void A_failing_task_fails_the_step_and_not_the_team()
    {
        using var team = new ThreadTeam(3, 100, []);
        _ = team.TryEnter();
        for (int i = 0; i < 20; i++)
        {
            Should.Throw<InvalidOperationException>(() => team.Run(new Failing(), 0, 0, 0)).Message.ShouldBe("task 5");
            var sound = new Counting(9);
            team.Run(sound, 0, 0, 0);
            sound.Counts.ShouldAllBe(c => c == 1);
        }

        team.Exit();
    }

    [Fact]
    public void Helpers_bound_to_a_processor_work_as_well()
    {
        using var team = new ThreadTeam(3, 100, [0]);
        _ = team.TryEnter();
        var step = new Counting(50);
        team.Run(step, 0, 0, 0);
        team.Exit();
        step.Counts.ShouldAllBe(c => c == 1);
    }

    private sealed class Counting(int tasks) : Step("count")
    {
        private readonly int[] _counts = new int[tasks];

        public IReadOnlyList<int> Counts => _counts;

        public override int Tasks => tasks;

        public override void Execute(int task, in TaskContext context) => Interlocked.Increment(ref _counts[task]);
    }

    private sealed class Failing() : Step("fail")
    {
        public override int Tasks => 12;

        public override void Execute(int task, in TaskContext context)
        {
            if (task == 5)
                throw new InvalidOperationException("task 5");
        }
    }
}
