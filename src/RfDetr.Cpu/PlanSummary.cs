namespace RfDetr.Cpu;

/// <summary>Size of a compiled network: steps and memory.</summary>
/// <param name="Batch">Images.</param>
/// <param name="Steps">Steps of a run.</param>
/// <param name="WeightBytes">Bytes of the packed weights, shared by everything.</param>
/// <param name="ArenaBytes">Bytes of all values of a run.</param>
/// <param name="RunBytes">Bytes a run allocates: the arena and the threads' scratch.</param>
/// <param name="Operations">Multiplications and additions of all products of a run, attention among them.</param>
internal sealed record PlanSummary(int Batch, int Steps, long WeightBytes, long ArenaBytes, long RunBytes, long Operations);

/// <summary>A product by constant weights.</summary>
/// <param name="Weights">
/// Names of the weights it was folded from, as the checkpoint has them: of matrices, and of the scales that went into them.
/// </param>
/// <param name="Terms">Terms of each sum.</param>
/// <param name="Outputs">Outputs.</param>
/// <param name="Operations">Multiplications and additions of one run.</param>
/// <param name="IsInt8">True if it is computed from 8-bit integers.</param>
/// <param name="IsBFloat16">True if it is computed from bfloat16.</param>
internal sealed record ProductSummary(
    IReadOnlyList<string> Weights, int Terms, int Outputs, long Operations, bool IsInt8, bool IsBFloat16);

/// <summary>Time spent in steps of one kind.</summary>
/// <param name="Kind">Kind of their work.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="Ms">Milliseconds of all of them in one run, the median of the rounds.</param>
/// <param name="GigaOperations">Floating-point operations of all of them in one run, 10⁹; 0 where they are not counted.</param>
internal sealed record StepTime(string Kind, int Steps, double Ms, double GigaOperations);
