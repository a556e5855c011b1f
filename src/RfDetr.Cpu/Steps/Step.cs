namespace RfDetr.Cpu;

/// <summary>Memory that a task of a step works with.</summary>
/// <param name="Arena">Start of the run's arena.</param>
/// <param name="Scratch">Room of the working thread's own, as much as the step asked for.</param>
internal readonly unsafe record struct TaskContext(nint Arena, nint Scratch);

/// <summary>One step of a plan: tasks that may run side by side in any order, each writing what no other touches.</summary>
internal abstract class Step(string kind)
{
    /// <summary>Kind of work, for profiles.</summary>
    public string Kind { get; } = kind;

    /// <summary>Number of tasks that the step is cut into; a property of the plan, never of timing.</summary>
    public abstract int Tasks { get; }

    /// <summary>Bytes of scratch each working thread needs.</summary>
    public virtual int ScratchBytes => 0;

    /// <summary>Multiplications and additions of one run, for profiles; 0 where it is not about arithmetic.</summary>
    public virtual long Operations => 0;

    public abstract void Execute(int task, in TaskContext context);
}

/// <summary>A stretch of memory from an element on.</summary>
internal readonly unsafe struct Operand(Storage? storage, int offset)
{
    public bool IsNone => storage is null;

    public static Operand Of(View? view) => view is null ? default : new(view.Storage, view.Offset);

    public float* At(in TaskContext context) => storage is null ? null : (float*)storage.At((byte*)context.Arena) + offset;

    public long* Indices(in TaskContext context) => (long*)storage!.At((byte*)context.Arena) + offset;
}
