using System.Globalization;

namespace RfDetr.Training;

/// <summary>
/// This process among those that train together, by the environment variables that torchrun, Slurm and Kubeflow set.
/// </summary>
/// <param name="Rank">This process, from 0.</param>
/// <param name="WorldSize">Processes altogether.</param>
/// <param name="LocalRank">This process on its machine, from 0: its GPU.</param>
/// <param name="MasterAddress">Address that rank 0 listens on.</param>
/// <param name="MasterPort">Its port.</param>
internal sealed record RankEnvironment(int Rank, int WorldSize, int LocalRank, string MasterAddress, int MasterPort)
{
    private const string RankName =
        "RANK", WorldName = "WORLD_SIZE", LocalName = "LOCAL_RANK", AddressName = "MASTER_ADDR", PortName = "MASTER_PORT";

    // srun sets these for each of its tasks; a batch script on its own has no step, and is one process however many it asked for.
    private const string SlurmRank = "SLURM_PROCID", SlurmWorld = "SLURM_STEP_NUM_TASKS", SlurmLocal = "SLURM_LOCALID";

    // torchrun's agent may serve the key-value store at the port itself.
    private const string AgentStoreName = "TORCHELASTIC_USE_AGENT_STORE";

    private const int SlurmPort = 29500; // PyTorch's default; srun names none

    /// <summary>A process of its own.</summary>
    public static RankEnvironment Alone { get; } = new(0, 1, 0, "127.0.0.1", 0);

    /// <summary>True if there are others.</summary>
    public bool IsShared => WorldSize > 1;

    /// <summary>True if rank 0 serves the key-value store; false if the launcher does.</summary>
    internal bool ServesStore { get; init; } = true;

    /// <summary>
    /// Reads the environment; <see cref="Alone"/> if <c>WORLD_SIZE</c> (or the tasks of Slurm's step) is not set or 1.
    /// </summary>
    /// <param name="read">Gives a variable's value; null for the process's own environment.</param>
    /// <exception cref="ArgumentException">Some variables are missing or wrong; all are named.</exception>
    public static RankEnvironment Read(Func<string, string?>? read = null)
    {
        read ??= Environment.GetEnvironmentVariable;
        bool slurm = string.IsNullOrEmpty(read(WorldName));
        (string worldName, string rankName, string localName) =
            slurm ? (SlurmWorld, SlurmRank, SlurmLocal) : (WorldName, RankName, LocalName);
        if (string.IsNullOrEmpty(read(worldName)))
            return Alone;
        var wrong = new List<string>();
        int world = Whole(worldName, 1, 4096);
        if (world == 1 && wrong.Count == 0)
            return Alone;
        int rank = Whole(rankName, 0, Math.Max(0, world - 1));
        int local = string.IsNullOrEmpty(read(localName)) ? rank : Whole(localName, 0, Math.Max(0, world - 1));
        int port = slurm && string.IsNullOrEmpty(read(PortName)) ? SlurmPort : Whole(PortName, 1, 65535);
        string? address = read(AddressName);
        if (string.IsNullOrEmpty(address))
            wrong.Add($"{AddressName} is not set");
        return wrong.Count == 0
            ? new RankEnvironment(rank, world, local, address!, port)
            {
                ServesStore = !string.Equals(read(AgentStoreName), "True", StringComparison.OrdinalIgnoreCase),
            }
            : throw new ArgumentException(
                $"{worldName} is set, so this is one of several processes, but {string.Join("; ", wrong)}");

        int Whole(string name, int least, int most)
        {
            string? text = read(name);
            if (
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                    && value >= least && value <= most)
                return value;
            wrong.Add(string.IsNullOrEmpty(text) ? $"{name} is not set" : $"{name} is '{text}', expected {least}..{most}");
            return least;
        }
    }

    /// <summary>The variables for a process that is to be started.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables =>
    [
        new(RankName, Text(Rank)), new(WorldName, Text(WorldSize)), new(LocalName, Text(LocalRank)),
        new(AddressName, MasterAddress), new(PortName, Text(MasterPort)),
    ];

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
