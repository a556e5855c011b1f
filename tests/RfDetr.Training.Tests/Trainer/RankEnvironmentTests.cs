using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

public sealed class RankEnvironmentTests
{
    [Fact]
    public void WithoutVariablesAProcessIsAlone() => RankEnvironment.Read(_ => null).ShouldBe(RankEnvironment.Alone);

    [Fact]
    public void WhatTorchrunSetsIsRead()
    {
        var written = new RankEnvironment(1, 3, 1, "10.0.0.7", 29501);
        Dictionary<string, string> variables = written.Variables.ToDictionary();
        RankEnvironment.Read(name => variables.GetValueOrDefault(name)).ShouldBe(written);
    }

    [Theory]
    [InlineData("RANK=3 WORLD_SIZE=4 LOCAL_RANK=1 MASTER_ADDR=head MASTER_PORT=1234 TORCHELASTIC_USE_AGENT_STORE=True", false)]
    [InlineData("RANK=3 WORLD_SIZE=4 LOCAL_RANK=1 MASTER_ADDR=head MASTER_PORT=1234", true)]
    [InlineData("SLURM_PROCID=3 SLURM_STEP_NUM_TASKS=4 SLURM_LOCALID=1 MASTER_ADDR=head MASTER_PORT=1234", true)]
    public void LaunchersSayWhoServesTheStore(string set, bool serves) =>
        Read(set).ShouldBe(new RankEnvironment(3, 4, 1, "head", 1234) { ServesStore = serves });

    [Fact]
    public void SlurmNamesNoPort() =>
        Read("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 SLURM_LOCALID=0 MASTER_ADDR=n1")
            .ShouldBe(new RankEnvironment(1, 2, 0, "n1", 29500));

    [Theory]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=4")] // a batch script
    [InlineData("SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1 SLURM_LOCALID=0")]
    public void OneTaskOfSlurmIsAlone(string set) => Read(set).ShouldBe(RankEnvironment.Alone);

    [Theory]
    [InlineData("WORLD_SIZE=2", "RANK is not set; MASTER_PORT is not set; MASTER_ADDR is not set")]
    [InlineData("WORLD_SIZE=two", "WORLD_SIZE is 'two', expected 1..4096")]
    [InlineData("WORLD_SIZE=2 RANK=2 MASTER_ADDR=a MASTER_PORT=1", "RANK is '2', expected 0..1")]
    [InlineData("WORLD_SIZE=2 RANK=0 MASTER_ADDR=a MASTER_PORT=70000", "MASTER_PORT is '70000', expected 1..65535")]
    [InlineData("SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=2", "SLURM_PROCID is '2', expected 0..1; MASTER_ADDR is not set")]
    public void WrongVariablesAreNamed(string set, string message) =>
        Should.Throw<ArgumentException>(() => Read(set)).Message.ShouldContain(message);

    private static RankEnvironment Read(string set)
    {
        Dictionary<string, string> variables = set.Split(' ').Select(s => s.Split('=')).ToDictionary(s => s[0], s => s[1]);
        return RankEnvironment.Read(name => variables.GetValueOrDefault(name));
    }
}
