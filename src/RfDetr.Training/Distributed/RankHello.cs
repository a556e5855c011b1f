using System.Text.Json.Serialization;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Account that a process gives of itself when the processes of a run meet.</summary>
/// <param name="Rank">This process, from 0.</param>
/// <param name="World">Number of processes that it was told of.</param>
/// <param name="Local">This process on its machine.</param>
/// <param name="Host">Name of its machine.</param>
/// <param name="Process">Number of the process there.</param>
/// <param name="Version">Version of the program.</param>
/// <param name="Device">Kind of device that it computes on: <c>cpu</c> or <c>cuda</c>.</param>
internal sealed record RankHello(int Rank, int World, int Local, string Host, int Process, string Version, string Device)
{
    /// <summary>This process.</summary>
    public static RankHello Of(RankEnvironment environment, Device device) => new(
        environment.Rank, environment.WorldSize, environment.LocalRank, Environment.MachineName, Environment.ProcessId,
        ProgramVersion.Of(typeof(RankHello)), device.IsCpu ? "cpu" : "cuda");

    /// <summary>The machine and the process, for messages.</summary>
    public string Place => Invariant.Text($"'{Host}' (process {Process})");

    /// <summary>
    /// Why this process cannot be one of the group that rank 0 gathers, as a sentence; null if it can.
    /// </summary>
    /// <param name="first">Rank 0.</param>
    /// <param name="present">All that came before, rank 0 among them.</param>
    public string? Mistake(RankHello first, IEnumerable<RankHello> present)
    {
        if (World != first.World)
            return Invariant.Text(
                $"WORLD_SIZE differs: rank {Rank} on {Place} was told {World}, rank 0 on {first.Place} {first.World}; give all "
                    + $"processes the same");
        if (Rank < 0 || Rank >= first.World)
            return Invariant.Text($"rank {Rank} on {Place} is not one of {first.World} processes, counted from 0");
        if (Version != first.Version)
            return Invariant.Text(
                $"the program differs: rank {Rank} on {Place} is version {Version}, rank 0 on {first.Place} {first.Version}; "
                    + $"install the same on all machines");
        if (Device != first.Device)
            return Invariant.Text(
                $"the device differs: rank {Rank} on {Place} computes on {Device}, rank 0 on {first.Place} on {first.Device}");
        foreach (RankHello other in present)
        {
            if (other.Rank == Rank)
                return Invariant.Text(
                    $"rank {Rank} came twice, from {other.Place} and {Place}; each process needs a RANK of its own, 0 to "
                        + $"{World - 1}");
            if (Device != "cpu" && other.Host == Host && other.Local == Local)
                return Invariant.Text(
                    $"ranks {other.Rank} and {Rank} on '{Host}' both have LOCAL_RANK {Local}, so they would share a GPU; give "
                        + $"each its own");
        }

        return null;
    }
}

/// <summary>Rank 0's answer to a process that came.</summary>
/// <param name="Error">Why the group cannot be; null if it is complete.</param>
/// <param name="Address">Address by which the others reach the process; null for the one from which it came.</param>
internal sealed record RankWelcome(string? Error, string? Address);

/// <summary>The messages of the meeting as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RankHello))]
[JsonSerializable(typeof(RankWelcome))]
internal sealed partial class RankJson : JsonSerializerContext;
