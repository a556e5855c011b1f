using System.Globalization;

namespace RfDetr.Training;

/// <summary>
/// This process among those that train together, by the environment variables of whatever started it
/// (<see cref="RankLauncher.All"/>).
/// </summary>
/// <param name="Rank">This process, from 0.</param>
/// <param name="WorldSize">Processes altogether.</param>
/// <param name="LocalRank">This process on its machine, from 0: its GPU.</param>
/// <param name="MasterAddress">Address that rank 0 listens on.</param>
/// <param name="MasterPort">Its port.</param>
internal sealed record RankEnvironment(int Rank, int WorldSize, int LocalRank, string MasterAddress, int MasterPort)
{
    // torchrun's agent may serve the key-value store at the port itself.
    private const string AgentStoreName = "TORCHELASTIC_USE_AGENT_STORE";

    /// <summary>A process of its own.</summary>
    public static RankEnvironment Alone { get; } = new(0, 1, 0, "127.0.0.1", 0);

    /// <summary>True if there are others.</summary>
    public bool IsShared => WorldSize > 1;

    /// <summary>True if rank 0 serves the key-value store; false if the launcher does.</summary>
    internal bool ServesStore { get; init; } = true;

    /// <summary>
    /// Reads the environment; <see cref="Alone"/> if no launcher's variables are set, or they are those of one process.
    /// </summary>
    /// <param name="read">Gives a variable's value; null for the process's own environment.</param>
    /// <exception cref="ArgumentException">Some variables are missing or wrong; all are named.</exception>
    public static RankEnvironment Read(Func<string, string?>? read = null)
    {
        read ??= Environment.GetEnvironmentVariable;
        if (RankLauncher.All.FirstOrDefault(l => l.IsSet(read)) is not { } launcher)
            return Alone;
        var wrong = new List<string>();
        int world = Whole(launcher.World, 1, 4096);
        if (world == 1 && wrong.Count == 0)
            return Alone;
        int rank = Whole(launcher.Rank, 0, Math.Max(0, world - 1));
        // A launcher that says nothing of it starts one process on each machine.
        int local = string.IsNullOrEmpty(read(launcher.Local)) ? 0 : Whole(launcher.Local, 0, Math.Max(0, world - 1));
        int port = string.IsNullOrEmpty(read(RankLauncher.PortName)) && launcher.Port(read) is { } usual
            ? usual
            : Whole(RankLauncher.PortName, 1, 65535);
        string? address = read(RankLauncher.AddressName) is { Length: > 0 } named ? named : launcher.Address(read);
        if (string.IsNullOrEmpty(address))
            wrong.Add($"{RankLauncher.AddressName} is not set");
        return wrong.Count == 0
            ? new RankEnvironment(rank, world, local, address!, port)
            {
                ServesStore = !string.Equals(read(AgentStoreName), "True", StringComparison.OrdinalIgnoreCase),
            }
            : throw new ArgumentException(
                $"{launcher.World} is set, so this is one of several processes, but {string.Join("; ", wrong)}");

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
    public IEnumerable<KeyValuePair<string, string>> Variables
    {
        get
        {
            RankLauncher launcher = RankLauncher.All[0];
            return
            [
                new(launcher.Rank, Text(Rank)), new(launcher.World, Text(WorldSize)), new(launcher.Local, Text(LocalRank)),
                new(RankLauncher.AddressName, MasterAddress), new(RankLauncher.PortName, Text(MasterPort)),
            ];
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
