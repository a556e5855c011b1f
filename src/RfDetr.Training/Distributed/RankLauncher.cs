namespace RfDetr.Training;

/// <summary>
/// One way in which processes are started together: the environment variables by which it tells each its place. A launcher that
/// names no meeting point leaves <c>MASTER_ADDR</c> and <c>MASTER_PORT</c> to the user, unless it can be found.
/// </summary>
/// <param name="Name">The launcher, for messages.</param>
/// <param name="World">Number of processes.</param>
/// <param name="Rank">This process, from 0.</param>
/// <param name="Local">This process on its machine, from 0.</param>
/// <param name="LocalWorld">Number of processes on this machine.</param>
internal sealed record RankLauncher(string Name, string World, string Rank, string Local, string LocalWorld)
{
    public const string AddressName = "MASTER_ADDR", PortName = "MASTER_PORT";

    // PyTorch's default, for launchers that name none.
    private const int UsualPort = 29500;

    /// <summary>
    /// All of them. The first whose variables are set counts: what is started by others may see theirs as well.
    /// </summary>
    public static IReadOnlyList<RankLauncher> All { get; } =
    [
        // A PyTorchJob of Kubeflow sets the same, but for the local ones: its pods hold one process each.
        new("torchrun", "WORLD_SIZE", "RANK", "LOCAL_RANK", "LOCAL_WORLD_SIZE") { NamesPort = true },
        new(
            "Open MPI", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_LOCAL_RANK",
            "OMPI_COMM_WORLD_LOCAL_SIZE"),
        // Hydra, of MPICH and Intel MPI. Slurm sets the first two as well, but not the third.
        new("MPICH", "PMI_SIZE", "PMI_RANK", "MPI_LOCALRANKID", "MPI_LOCALNRANKS") { Needs = "MPI_LOCALRANKID" },
        // srun sets these for each of its tasks; a batch script on its own has no step, and is one process however many it asked
        // for.
        new("srun", "SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "SLURM_LOCALID", "SLURM_STEP_TASKS_PER_NODE")
        {
            HostsNames = ["SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST"],
            JobName = "SLURM_JOB_ID",
        },
    ];

    /// <summary>A further variable without which the others mean something else; null for none.</summary>
    public string? Needs { get; private init; }

    /// <summary>True if the launcher always names a port, so that a missing one is a mistake.</summary>
    public bool NamesPort { get; private init; }

    /// <summary>Variables with a list of the machines, the first of which holds rank 0.</summary>
    public IReadOnlyList<string> HostsNames { get; private init; } = [];

    /// <summary>
    /// Variable with the number of the job: jobs that share a machine get ports of their own by it. Null for none.
    /// </summary>
    public string? JobName { get; private init; }

    /// <summary>True if this launcher started the process.</summary>
    public bool IsSet(Func<string, string?> read) =>
        !string.IsNullOrEmpty(read(World)) && (Needs is null || !string.IsNullOrEmpty(read(Needs)));

    /// <summary>Address of rank 0 where <c>MASTER_ADDR</c> is not set; null if nothing tells.</summary>
    public string? Address(Func<string, string?> read)
    {
        // All processes on this machine need no name of it.
        if (read(World) == read(LocalWorld))
            return "127.0.0.1";
        string? hosts = HostsNames.Select(read).FirstOrDefault(list => !string.IsNullOrEmpty(list));
        return hosts is null ? null : FirstHost(hosts);
    }

    /// <summary>Port of rank 0 where <c>MASTER_PORT</c> is not set; null if the launcher always names one.</summary>
    public int? Port(Func<string, string?> read)
    {
        const int first = 20_000, ports = 10_000; // below those that systems give out by themselves
        if (NamesPort)
            return null;
        return JobName is not null && long.TryParse(read(JobName), out long job) && job >= 0
            ? first + (int)(job % ports)
            : UsualPort;
    }

    /// <summary>The first machine of a list as Slurm writes it: <c>gpu[03-07,12],login1</c> begins with <c>gpu03</c>.</summary>
    internal static string FirstHost(string hosts)
    {
        var name = new System.Text.StringBuilder();
        for (int at = 0; at < hosts.Length && hosts[at] != ','; at++)
        {
            if (hosts[at] != '[')
            {
                name.Append(hosts[at]);
                continue;
            }

            int end = hosts.IndexOf(']', at);
            if (end < 0)
                break; // not a list of Slurm's; its beginning is all there is
            name.Append(hosts[(at + 1)..end].Split('-', ',')[0]);
            at = end;
        }

        return name.ToString();
    }
}
