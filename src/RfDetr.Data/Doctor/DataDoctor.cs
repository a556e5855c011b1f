namespace RfDetr.Data;

/// <summary>Examines a data set before hours are spent on it.</summary>
public static class DataDoctor
{
    /// <summary>Examines a data set. What is broken is a finding, not an exception.</summary>
    /// <param name="path">As for <see cref="DataSet.Open(string, DataSetOptions?)"/>.</param>
    /// <param name="options">Checks to make.</param>
    /// <param name="reading">Options that the data set is read with.</param>
    /// <param name="progress">Receives the number of images read, and of all.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">A file of annotations cannot be read.</exception>
    public static DoctorReport Examine(
        string path, DoctorOptions? options = null, DataSetOptions? reading = null,
        IProgress<(int Done, int All)>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new DoctorOptions();
        options.Validate();
        var found = new FindingList(options.Examples);
        var problems = new ProblemList(stopAtFirst: false);
        DataSet? data = null;
        try
        {
            data = DataSet.Open(path, reading, problems);
        }
        catch (DataSetFormatException e)
        {
            if (!problems.Found.Contains(e))
                problems.Add(e);
        }

        // Most files that are broken are broken alike, so one finding with examples says it; the rest is in the count.
        found.Add(FindingLevel.Error, "format", null, [.. problems.Found.Select(p => p.Message)],
            n =>
                $"{Invariant.Plural(n, "thing")} in the files cannot be read as what "
                    + $"{(n == 1 ? "it claims" : "they claim")} to be.");
        foreach (DataFlawCount flaw in problems.Flaws)
            found.Add(flaw);
        if (data is null)
            return new DoctorReport(null, found.Sorted);

        ClassChecks.Run(data, found);
        foreach (DataSplit split in data.Splits)
        {
            ObjectChecks.Run(split, found);
            SizeChecks.Run(split, options, found);
        }

        if (options.ReadImages)
            ImageChecks.Run(data, options, found, progress, cancellation);
        return new DoctorReport(data, found.Sorted);
    }
}
