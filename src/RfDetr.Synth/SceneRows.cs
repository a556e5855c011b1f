namespace RfDetr.Synth;

/// <summary>Shares the rows of an image among threads.</summary>
/// <param name="threads">Number of threads; 0 for one per core.</param>
internal sealed class SceneRows(int threads)
{
    public void ForEach(int height, Action<int> row)
    {
        if (threads == 1)
        {
            for (int y = 0; y < height; y++)
                row(y);
            return;
        }

        Parallel.For(0, height, new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads }, row);
    }
}
