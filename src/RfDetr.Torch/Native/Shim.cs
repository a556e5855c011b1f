using System.Runtime.InteropServices;

namespace RfDetr.Torch;

/// <summary>
/// The functions of <c>native/torch/rfdetr_torch.h</c>, one to one. Blittable types only: nothing is marshalled.
/// </summary>
internal static unsafe partial class Shim
{
    internal const string Library = "rfdetr_torch";

    /// <summary>The interface that these declarations follow, <c>RT_INTERFACE</c>.</summary>
    internal const int Interface = 2;

    [LibraryImport(Library)]
    internal static partial int rt_interface();

    [LibraryImport(Library)]
    internal static partial byte* rt_error();

    [LibraryImport(Library)]
    internal static partial byte* rt_built_version();

    [LibraryImport(Library)]
    internal static partial byte* rt_loaded_config();

    [LibraryImport(Library)]
    internal static partial long rt_live();

    [LibraryImport(Library)]
    internal static partial long rt_setting(Setting which);

    [LibraryImport(Library)]
    internal static partial int rt_set_setting(Setting which, long value);

    [LibraryImport(Library)]
    internal static partial long rt_autocast(int deviceKind);

    [LibraryImport(Library)]
    internal static partial int rt_set_autocast(int deviceKind, long scalarType);

    [LibraryImport(Library)]
    internal static partial nint rt_inference_enter();

    [LibraryImport(Library)]
    internal static partial void rt_inference_leave(nint guard);

    [LibraryImport(Library)]
    internal static partial long rt_device_count(int deviceKind);

    [LibraryImport(Library)]
    internal static partial int rt_synchronize(int deviceKind, int index);

    [LibraryImport(Library)]
    internal static partial int rt_manual_seed(ulong seed);

    [LibraryImport(Library)]
    internal static partial int rt_generator_state(int deviceKind, int index, nint* state);

    [LibraryImport(Library)]
    internal static partial int rt_set_generator_state(int deviceKind, int index, nint state);

    [LibraryImport(Library)]
    internal static partial int rt_describe(nint tensor, NativeInfo* info);

    [LibraryImport(Library)]
    internal static partial int rt_new(void* data, long* sizes, int rank, int scalarType, nint* result);

    [LibraryImport(Library)]
    internal static partial void rt_free(nint tensor);

    [LibraryImport(Library)]
    internal static partial int rt_find(byte* name, nint* op);

    [LibraryImport(Library)]
    internal static partial int rt_call(nint op, NativeValue* args, int count, NativeValue** results, int* resultCount);

    [LibraryImport(Library)]
    internal static partial int rt_set_requires_grad(nint tensor, int value);

    [LibraryImport(Library)]
    internal static partial int rt_grad(nint tensor, nint* result);

    [LibraryImport(Library)]
    internal static partial int rt_set_grad(nint tensor, nint grad);

    [LibraryImport(Library)]
    internal static partial int rt_backward(nint* roots, nint* gradients, int count, int retainGraph);

    [LibraryImport(Library)]
    internal static partial int rt_gradients(
        nint* roots, nint* gradients, int count, nint* inputs, int inputCount, int createGraph, nint* results);

    [LibraryImport(Library)]
    internal static partial int rt_function(
        nint* inputs, int inputCount, nint* outputs, int outputCount, delegate* unmanaged<nint, nint*, nint*, byte*> backward,
        delegate* unmanaged<nint, void> release, nint context);

    [LibraryImport(Library)]
    internal static partial int rt_group_has(byte* backend);

    [LibraryImport(Library)]
    internal static partial int rt_group_new(
        byte* backend, byte* host, int port, byte* address, int serve, int rank, int size, long timeoutMs, nint* result);

    [LibraryImport(Library)]
    internal static partial void rt_group_free(nint group);

    [LibraryImport(Library)]
    internal static partial int rt_group_all_reduce(nint group, nint tensor);

    [LibraryImport(Library)]
    internal static partial int rt_group_broadcast(nint group, nint tensor, int root);

    [LibraryImport(Library)]
    internal static partial int rt_group_all_gather(nint group, nint input, nint* outputs);

    [LibraryImport(Library)]
    internal static partial int rt_group_barrier(nint group);

    /// <summary>Throws this thread's last message if <paramref name="status"/> says that a call failed.</summary>
    internal static void Check(int status)
    {
        if (status != 0)
            Throw();
    }

    /// <summary>This thread's last message.</summary>
    internal static string LastError() => WithoutStack(Marshal.PtrToStringUTF8((nint)rt_error()) ?? "unknown error");

    /// <summary>
    /// A message of libtorch without the C++ stack that most of its exceptions carry, which says nothing to a user of ours.
    /// </summary>
    internal static string WithoutStack(string message)
    {
        string[] marks = ["Exception raised from ", "frame #0:", "C++ CapturedTraceback:"];
        foreach (string mark in marks)
        {
            int at = message.IndexOf(mark, StringComparison.Ordinal);
            if (at > 0)
                message = message[..at];
        }

        return message.TrimEnd();
    }

    private static void Throw() => throw new TorchException(LastError());
}

/// <summary>Settings by number.</summary>
internal enum Setting
{
    Threads = 0,
    Grad = 1,
    Tf32MatMul = 2,
    Tf32Cudnn = 3,
    CudnnBenchmark = 4,
    Deterministic = 5,
}
