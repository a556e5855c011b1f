namespace RfDetr.Onnx;

/// <summary>The default number of worker threads.</summary>
/// <remarks>
/// ONNX Runtime's own default counts the machine's cores and pins threads to them, also where a container or an affinity
/// mask grants fewer; the count here respects the grant.
/// </remarks>
internal static class ThreadCount
{
    public static int Default => ProcessorCores.Physical;
}
