namespace RfDetr.Cpu;

/// <summary>A stretch of memory from an element on.</summary>
internal readonly unsafe struct Operand(Storage? storage, int offset)
{
    public bool IsNone => storage is null;

    public static Operand Of(View? view) => view is null ? default : new(view.Storage, view.Offset);

    public float* At(in TaskContext context) => storage is null ? null : (float*)storage.At((byte*)context.Arena) + offset;

    public long* Indices(in TaskContext context) => (long*)storage!.At((byte*)context.Arena) + offset;
}
