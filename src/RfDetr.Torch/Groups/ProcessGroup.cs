using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace RfDetr.Torch;

/// <summary>
/// Processes that train one model together (c10d). All of them call the same operations in the same order, from one thread at a
/// time. A process that is late or gone ends the operation of all others with a <see cref="TorchException"/> within the timeout.
/// A group of one process does nothing and needs no network.
/// </summary>
internal sealed unsafe class ProcessGroup : SafeHandle
{
    // Large enough that latency does not count, small enough that the copy stays small.
    private const long BucketBytes = 25 << 20;
    private static readonly AtenOp FlatOp = new("aten::cat");

    // libtorch ends what takes longer than the timeout; beyond that it is given this before it counts as hung.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(15);

    // Joining waits for the store and then for the others.
    private const int JoiningSteps = 2;

    private readonly GroupThread? _thread;

    private ProcessGroup(ProcessGroupOptions options)
        : base(0, ownsHandle: true)
    {
        Options = options;
        Device = options.Backend == "nccl" ? Device.Cuda(options.LocalRank) : Device.Cpu;
        _thread = options.WorldSize > 1 ? new GroupThread() : null;
    }

    /// <summary>Members of the group and their meeting point.</summary>
    public ProcessGroupOptions Options { get; }

    /// <summary>This process, from 0.</summary>
    public int Rank => Options.Rank;

    /// <summary>Number of processes.</summary>
    public int WorldSize => Options.WorldSize;

    /// <summary>Device on which tensors must lie.</summary>
    public Device Device { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => WorldSize > 1 && handle == 0;

    /// <summary>Joins a group; returns when all processes are there.</summary>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    /// <exception cref="TorchException">The others do not come in time, or this build lacks the kind of group.</exception>
    public static ProcessGroup Create(ProcessGroupOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var group = new ProcessGroup(options);
        if (options.WorldSize == 1)
            return group;
        TorchLoader.Load();
        var joined = new StrongBox<nint>();
        if (group._thread!.Run(() => New(options, joined), JoiningSteps * options.Timeout + s_grace) is { } error)
        {
            group.Dispose();
            group.Failed("could not join", error);
        }

        group.SetHandle(joined.Value);
        return group;
    }

    /// <summary>In place: the sum over all processes.</summary>
    public void AllReduce(TorchTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (WorldSize == 1)
            return;
        RequireContiguous(tensor);
        Call(group => Shim.rt_group_all_reduce(group, tensor.Raw), "all-reduce");
        GC.KeepAlive(tensor);
    }

    /// <summary>In place: sums, or means, of many tensors of one element type, in few large messages.</summary>
    public void AllReduce(IReadOnlyList<TorchTensor> tensors, bool mean = false)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (WorldSize == 1)
            return;
        using var grad = TorchRuntime.NoGrad();
        for (int start = 0; start < tensors.Count;)
        {
            int end = start;
            for (long bytes = 0; end < tensors.Count && (end == start || bytes < BucketBytes); end++)
                bytes += tensors[end].Count * tensors[end].ScalarType.SizeInBytes();
            Bucket([.. tensors.Skip(start).Take(end - start)], mean);
            start = end;
        }
    }

    /// <summary>In place: the tensor of process <paramref name="root"/>.</summary>
    public void Broadcast(TorchTensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (root < 0 || root >= WorldSize)
            throw new ArgumentOutOfRangeException(nameof(root), root, $"the group has {WorldSize} processes");
        if (WorldSize == 1)
            return;
        RequireContiguous(tensor);
        Call(group => Shim.rt_group_broadcast(group, tensor.Raw, root), "broadcast");
        GC.KeepAlive(tensor);
    }

    /// <summary>The bytes of every process, by rank; lengths may differ.</summary>
    public byte[][] AllGather(ReadOnlySpan<byte> bytes)
    {
        if (WorldSize == 1)
            return [bytes.ToArray()];
        using var scope = new TorchScope();
        long[] lengths = [.. Gather(TorchTensor.From([(long)bytes.Length], [1], Device)).Select(t => t.ItemInt64())];
        var padded = new byte[Math.Max(1, lengths.Max())];
        bytes.CopyTo(padded);
        TorchTensor[] all = Gather(TorchTensor.From<byte>(padded, [padded.Length], Device));
        return [.. all.Select((t, rank) => t.ToArray<byte>()[..(int)lengths[rank]])];
    }

    /// <summary>Returns when every process has come here.</summary>
    public void Barrier()
    {
        if (WorldSize > 1)
            Call(group => Shim.rt_group_barrier(group), "barrier");
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        nint group = handle;
        return group == 0 || _thread!.Run(() => Free(group), s_grace) is null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _thread?.Dispose();
    }

    private nint Handle => IsClosed ? throw new ObjectDisposedException(nameof(ProcessGroup)) : handle;

    private static int New(ProcessGroupOptions options, StrongBox<nint> joined)
    {
        bool serve = options.ServeStore && options.Rank == 0;
        nint made = 0;
        int status;
        fixed (byte* backend = Bytes(options.Backend), host = Bytes(options.Host), address = Bytes(options.OwnAddress))
            status = Shim.rt_group_new(
                backend, host, options.Port, address, serve ? 1 : 0, options.Rank, options.WorldSize,
                (long)options.Timeout.TotalMilliseconds, &made);
        joined.Value = made;
        return status;

        static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text + '\0');
    }

    private static int Free(nint group)
    {
        Shim.rt_group_free(group);
        return 0;
    }

    private void Bucket(TorchTensor[] tensors, bool mean)
    {
        using var scope = new TorchScope();
        TorchTensor flat = FlatOp.Call(Array.ConvertAll(tensors, static t => t.Detach().Reshape(-1)), 0L);
        AllReduce(flat);
        if (mean)
            flat.Div_((double)WorldSize);
        TorchTensor[] parts = flat.Split(Array.ConvertAll(tensors, static t => t.Count));
        ForEach.Copy_(tensors, [.. parts.Select((part, i) => part.Reshape(tensors[i].Shape))]);
    }

    private TorchTensor[] Gather(TorchTensor input)
    {
        var outputs = new TorchTensor[WorldSize];
        for (int i = 0; i < outputs.Length; i++)
            outputs[i] = TorchTensor.EmptyLike(input);
        nint[] raw = Array.ConvertAll(outputs, static t => t.Raw);
        Call(group => AllGather(group, input.Raw, raw), "all-gather");
        GC.KeepAlive(outputs);
        GC.KeepAlive(input);
        return outputs;
    }

    private static void RequireContiguous(TorchTensor tensor)
    {
        if (!tensor.IsContiguous)
            throw new ArgumentException($"process groups move contiguous tensors; this one ({tensor}) is not", nameof(tensor));
    }

    private static int AllGather(nint group, nint input, nint[] outputs)
    {
        fixed (nint* p = outputs)
            return Shim.rt_group_all_gather(group, input, p);
    }

    private void Call(Func<nint, int> operation, string name)
    {
        nint group = Handle;
        if (_thread!.Run(() => operation(group), Options.Timeout + s_grace) is { } error)
            Failed($"{name} failed", error);
    }

    private void Failed(string what, string error) => throw new TorchException(
        $"process group (rank {Rank} of {WorldSize}, {Options.Backend}, store at {Options.Host}:{Options.Port}): {what}; a "
            + Invariant.Text($"process may have ended, or been out of reach for {Options.Timeout.TotalSeconds:0.###} s: ")
            + error);
}
