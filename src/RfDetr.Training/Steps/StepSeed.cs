namespace RfDetr.Training;

/// <summary>Seeds of a run's steps, so that no random state has to be carried from step to step.</summary>
internal static class StepSeed
{
    /// <summary>The seed of one step of one process: a function of the run's seed, the step and the rank.</summary>
    public static long Of(int seed, long step, int rank) =>
        (long)(new NormalDraws(seed, Invariant.Text($"step {step} rank {rank}")).Uniform() * (1L << 53));
}
