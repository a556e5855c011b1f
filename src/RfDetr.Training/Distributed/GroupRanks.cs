using System.Text;
using RfDetr.Data;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Several processes over c10d: gradients and counts are averaged, detections gathered.</summary>
internal sealed class GroupRanks : Ranks
{
    private readonly ProcessGroup _group;

    private GroupRanks(ProcessGroup group) => _group = group;

    /// <summary>The group that the environment names; alone without one.</summary>
    /// <param name="environment">This process among the others.</param>
    /// <param name="device">Device that the tensors lie on: Gloo serves the CPU, NCCL GPUs.</param>
    /// <param name="timeout">The longest that a process waits for the others, now and in every operation later.</param>
    /// <param name="note">Hears what is waited for.</param>
    /// <exception cref="TrainingException">The others did not come in time, or do not fit together.</exception>
    /// <exception cref="TorchException">libtorch could not join them.</exception>
    public static Ranks Join(RankEnvironment environment, Device device, TimeSpan timeout, Action<string> note)
    {
        if (!environment.IsShared)
            return Alone;
        string? address = environment.ServesStore
            ? RankMeeting.Attend(environment, RankHello.Of(environment, device), timeout, note)
            : RankMeeting.AddressTowards(environment.MasterAddress, environment.MasterPort);
        return new GroupRanks(ProcessGroup.Create(new ProcessGroupOptions
        {
            Rank = environment.Rank,
            WorldSize = environment.WorldSize,
            LocalRank = environment.LocalRank,
            Host = environment.MasterAddress,
            Port = environment.MasterPort,
            Address = address,
            Timeout = timeout,
            ServeStore = environment.ServesStore,
            Backend = device.IsCpu ? "gloo" : "nccl",
        }));
    }

    /// <inheritdoc/>
    public override int Rank => _group.Rank;

    /// <inheritdoc/>
    public override int Count => _group.WorldSize;

    /// <inheritdoc/>
    public override void AverageGradients(IReadOnlyList<TorchTensor> gradients) => _group.AllReduce(gradients, mean: true);

    /// <inheritdoc/>
    public override double Mean(double mine) => Means([mine])[0];

    /// <inheritdoc/>
    public override double[] Means(double[] mine) => Array.ConvertAll(Sums(mine), sum => sum / Count);

    /// <inheritdoc/>
    public override bool Any(bool mine) => Sums([mine ? 1 : 0])[0] > 0;

    /// <inheritdoc/>
    public override IReadOnlyList<FoundObject> Gather(IReadOnlyList<FoundObject> mine) =>
        [.. _group.AllGather(Write(mine)).SelectMany(Read)];

    /// <inheritdoc/>
    public override void RequireAgreement(Func<IReadOnlyList<RankFact>> facts)
    {
        IReadOnlyList<RankFact> mine = facts();
        byte[][] all = _group.AllGather(Encoding.UTF8.GetBytes(RankFact.Join(mine)));
        if (RankFact.Difference(mine, Array.ConvertAll(all, Encoding.UTF8.GetString)) is { } difference)
            throw new TrainingException(difference);
    }

    /// <inheritdoc/>
    public override void Barrier() => _group.Barrier();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _group.Dispose();

    private double[] Sums(double[] mine)
    {
        using var scope = new TorchScope();
        TorchTensor all = TorchTensor.From<double>(mine, [mine.Length], _group.Device);
        _group.AllReduce(all);
        return all.ToArray<double>();
    }

    private static byte[] Write(IReadOnlyList<FoundObject> found)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.ASCII);
        writer.Write(found.Count);
        foreach (FoundObject f in found)
        {
            writer.Write(f.ImageId);
            writer.Write(f.CategoryId);
            foreach (double value in (double[])[f.Score, f.Box.X, f.Box.Y, f.Box.Width, f.Box.Height, f.Area ?? double.NaN])
                writer.Write(value);
            writer.Write(f.Mask?.Height ?? 0);
            if (f.Mask is not { } mask)
                continue;
            writer.Write(mask.Width);
            writer.Write(mask.ToCompressedString());
        }

        writer.Flush();
        return bytes.ToArray();
    }

    private static FoundObject[] Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.ASCII);
        var found = new FoundObject[reader.ReadInt32()];
        for (int i = 0; i < found.Length; i++)
        {
            (long image, long category) = (reader.ReadInt64(), reader.ReadInt64());
            double score = reader.ReadDouble();
            var box = new BoxXywh(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
            double area = reader.ReadDouble();
            int height = reader.ReadInt32();
            RleMask? mask = height > 0 ? RleMask.Parse(height, reader.ReadInt32(), reader.ReadString()) : null;
            found[i] = new FoundObject(image, category, score, box) { Area = double.IsNaN(area) ? null : area, Mask = mask };
        }

        return found;
    }
}
