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

    /// <summary>Each launcher as its documentation, or its source, says that it sets them.</summary>
    [Theory]
    // Kubeflow's PyTorchJob: one process in each pod, with more pods than one of them has GPUs
    [InlineData("RANK=3 WORLD_SIZE=4 MASTER_ADDR=job-master-0 MASTER_PORT=23456 PET_NNODES=4", 3, 4, 0, "job-master-0", 23456)]
    // mpirun of Open MPI, also as an MPIJob of Kubeflow starts it
    [InlineData(
        "OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2 "
            + "MASTER_ADDR=job-worker-0.job.ml.svc",
        3, 4, 1, "job-worker-0.job.ml.svc", 29500)]
    [InlineData(
        "OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2", 1, 2, 1,
        "127.0.0.1", 29500)]
    // within a job of Slurm, whose step then is that of Open MPI's own daemons
    [InlineData(
        "OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_LOCAL_RANK=0 SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=1 "
            + "MASTER_ADDR=n1 MASTER_PORT=7",
        2, 4, 0, "n1", 7)]
    // mpirun of MPICH and Intel MPI
    [InlineData("PMI_SIZE=4 PMI_RANK=2 MPI_LOCALRANKID=0 MPI_LOCALNRANKS=2 MASTER_ADDR=n1", 2, 4, 0, "n1", 29500)]
    // srun, whose PMI says nothing of the machine
    [InlineData(
        "SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=2 SLURM_LOCALID=0 SLURM_STEP_TASKS_PER_NODE=2(x2) SLURM_STEP_NODELIST=gpu[07-08] "
            + "SLURM_JOB_ID=1234567 PMI_SIZE=4 PMI_RANK=2",
        2, 4, 0, "gpu07", 24567)]
    [InlineData(
        "SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=3 SLURM_LOCALID=3 SLURM_STEP_TASKS_PER_NODE=4 SLURM_JOB_NODELIST=n1", 3, 4, 3,
        "127.0.0.1", 29500)]
    public void EveryLauncherIsUnderstood(string set, int rank, int world, int local, string address, int port) =>
        Read(set).ShouldBe(new RankEnvironment(rank, world, local, address, port));

    [Theory]
    [InlineData("node", "node")]
    [InlineData("a,b", "a")]
    [InlineData("gpu[03-07,12],login1", "gpu03")]
    [InlineData("gpu[12,3-7]", "gpu12")]
    [InlineData("rack[2-3]n[10-11]-x,b", "rack2n10-x")]
    [InlineData("n[1", "n")]
    public void SlurmsListsBeginWithTheFirstMachine(string list, string host) => RankLauncher.FirstHost(list).ShouldBe(host);

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
