using System.Net;

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

    /// <summary>
    /// Address of this machine by which the others reach it, for Gloo; null for that of the machine's name. The environment
    /// variable <c>GLOO_SOCKET_IFNAME</c> names an interface instead.
    /// </summary>
    public string? Address { get; init; }

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
    /// Empty for that of the machine's name. With all on one machine that name need not resolve, and a firewall has nothing to
    /// say.
    /// </summary>
    internal string OwnAddress =>
        Address ?? (Host == "localhost" || (IPAddress.TryParse(Host, out IPAddress? host) && IPAddress.IsLoopback(host))
            ? IPAddress.Loopback.ToString()
            : "");

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
