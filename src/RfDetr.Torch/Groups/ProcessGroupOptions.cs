using System.Globalization;

namespace RfDetr.Torch;

/// <summary>Members of a process group and their meeting point.</summary>
internal sealed record ProcessGroupOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>This process, 0 ≤ rank &lt; <see cref="WorldSize"/>.</summary>
    public int Rank { get; init; }

    /// <summary>Number of processes.</summary>
    public int WorldSize { get; init; } = 1;

    /// <summary>This process among those of its machine: the number of its GPU.</summary>
    public int LocalRank { get; init; }

    /// <summary>Machine of rank 0, where the key-value store is.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port of the store, 1…65535.</summary>
    public int Port { get; init; } = 29500;

    /// <summary><c>gloo</c> for CPU tensors, <c>nccl</c> for those of GPUs.</summary>
    public string Backend { get; init; } = "gloo";

    /// <summary>After this time without an answer from the others every operation ends with an error.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// True if rank 0 runs the store; false where a launcher does (torchrun with TORCHELASTIC_USE_AGENT_STORE).
    /// </summary>
    public bool ServeStore { get; init; } = true;

    /// <summary>
    /// The group that launchers describe: torchrun's, Kubeflow's <c>RANK</c>, <c>WORLD_SIZE</c>, <c>LOCAL_RANK</c>,
    /// <c>MASTER_ADDR</c>, <c>MASTER_PORT</c>, or Slurm's <c>SLURM_PROCID</c>, <c>SLURM_NTASKS</c>, <c>SLURM_LOCALID</c>. Null
    /// where nothing speaks of more than one process.
    /// </summary>
    /// <exception cref="ArgumentException">A variable is missing or no number.</exception>
    public static ProcessGroupOptions? FromEnvironment() => From(Environment.GetEnvironmentVariable);

    internal static ProcessGroupOptions? From(Func<string, string?> variable)
    {
        bool slurm = variable("WORLD_SIZE") is not { Length: > 0 };
        int size = Number(slurm ? "SLURM_NTASKS" : "WORLD_SIZE", 1);
        if (size == 1)
            return null;
        string host = variable("MASTER_ADDR") is { Length: > 0 } given
            ? given
            : throw new ArgumentException(
                $"the environment speaks of {size} processes, but MASTER_ADDR (the machine of rank 0) is not set");
        var options = new ProcessGroupOptions
        {
            WorldSize = size,
            Rank = Number(slurm ? "SLURM_PROCID" : "RANK", null),
            LocalRank = Number(slurm ? "SLURM_LOCALID" : "LOCAL_RANK", 0),
            Host = host,
            Port = Number("MASTER_PORT", 29500),
            ServeStore = !string.Equals(variable("TORCHELASTIC_USE_AGENT_STORE"), "True", StringComparison.OrdinalIgnoreCase),
        };
        options.Validate();
        return options;

        int Number(string name, int? missing)
        {
            string text = variable(name) ?? "";
            if (text.Length == 0)
                return missing
                    ?? throw new ArgumentException($"the environment speaks of several processes, but {name} is not set");
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number : throw new ArgumentException($"the environment variable {name} is '{text}', expected a whole number");
        }
    }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Host);
        if (WorldSize < 1 || Rank < 0 || Rank >= WorldSize || LocalRank < 0)
            throw new ArgumentException($"rank {Rank} (local {LocalRank}) is not one of {WorldSize} processes, counted from 0");
        if (Port is < 1 or > 65535)
            throw new ArgumentException($"port {Port} is not in 1…65535");
        if (Backend is not ("gloo" or "nccl"))
            throw new ArgumentException($"process groups are of kind gloo or nccl, not '{Backend}'");
        if (Timeout <= TimeSpan.Zero || Timeout > Longest)
            throw new ArgumentException($"the timeout {Timeout} is not above zero and at most a day");
    }
}
