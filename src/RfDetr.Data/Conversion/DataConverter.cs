namespace RfDetr.Data;

/// <summary>Writes a data set in another layout.</summary>
public static class DataConverter
{
    /// <summary>Writes annotations and images into a folder that is empty or not there yet.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="options">Which layout.</param>
    /// <param name="progress">Receives the number of images written, and of all.</param>
    /// <param name="cancellation">Ends it; what was written stays.</param>
    /// <exception cref="ArgumentException">The layout is not written, or the folder holds something.</exception>
    /// <exception cref="DataSetFormatException">A mask is broken.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static ConversionReport Convert(
        DataSet data, string folder, ConversionOptions options, IProgress<(int Done, int All)>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(options);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new ArgumentException($"the folder '{folder}' is not empty; name a new one, so that nothing is overwritten", nameof(folder));
        var losses = new Losses();
        List<(string From, string To)> files = options.To switch
        {
            DataSetLayout.RoboflowCoco or DataSetLayout.Coco => ToCoco.Write(data, folder),
            DataSetLayout.Yolo => ToYolo.Write(data, folder, losses),
            DataSetLayout.Voc => ToVoc.Write(data, folder, losses),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.To, "unknown layout"),
        };
        for (int i = 0; i < files.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Directory.CreateDirectory(Path.GetDirectoryName(files[i].To)!);
            if (options.Link)
                File.CreateSymbolicLink(files[i].To, Path.GetFullPath(files[i].From));
            else
                File.Copy(files[i].From, files[i].To);
            progress?.Report((i + 1, files.Count));
        }

        return new ConversionReport(files.Count, data.Splits.Sum(s => s.Images.Sum(p => p.Objects.Count)), losses.Sentences);
    }
}
