using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RfDetr.Cpu;

/// <summary>Packs matrices that are computed at run time into a product's panels.</summary>
/// <param name="from">First element.</param>
/// <param name="starts">Beginning of each matrix.</param>
/// <param name="stepK">Distance between terms.</param>
/// <param name="stepN">Distance between columns.</param>
/// <param name="k">Terms.</param>
/// <param name="n">Columns.</param>
/// <param name="columns">Columns of a panel.</param>
/// <param name="to">Matrices one after another, each [panel][k][columns].</param>
internal sealed unsafe class PackStep(Operand from, int[] starts, int stepK, int stepN, int k, int n, int columns, Operand to)
    : Step("pack")
{
    private readonly int _panels = (n + columns - 1) / columns;

    public override int Tasks => starts.Length * _panels;

    /// <summary>Floats of one packed matrix.</summary>
    public static int Floats(int k, int n, int columns) => checked((n + columns - 1) / columns * columns * k);

    public override void Execute(int task, in TaskContext context)
    {
        int matrix = task / _panels, panel = task % _panels, width = Math.Min(columns, n - panel * columns);
        float* source = from.At(context) + starts[matrix] + (nint)panel * columns * stepN;
        float* target = to.At(context) + (nint)matrix * _panels * columns * k + (nint)panel * columns * k;
        Pack(source, stepK, stepN, k, width, columns, target);
    }

    /// <summary>One panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(float* source, nint stepK, nint stepN, int k, int width, int columns, float* target)
    {
        if (width < columns)
            new Span<float>(target, k * columns).Clear();
        if (stepN == 1)
        {
            for (int i = 0; i < k; i++, source += stepK, target += columns)
            {
                int j = 0;
                for (; j <= width - Vector128<float>.Count; j += Vector128<float>.Count)
                    Vector128.Load(source + j).Store(target + j);
                for (; j < width; j++)
                    target[j] = source[j];
            }

            return;
        }

        if (stepK == 1 && columns % Transposition.Size == 0)
        {
            Transposition.Run(source, stepN, width, k, target, columns);
            return;
        }

        for (int j = 0; j < width; j++)
        {
            float* column = source + j * stepN;
            for (int i = 0; i < k; i++)
                target[i * columns + j] = column[i * stepK];
        }
    }
}
