namespace RfDetr.Data;

/// <summary>Writes a data set in another layout.</summary>
public static class DataConverter
{
    /// <summary>
    /// Writes annotations and images into a folder that is empty or not there yet. The folder appears when all is written, read
    /// back and found equal to what went in: images, objects, classes, boxes to 0.01 pixel, masks as well as the format holds
    /// them.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="folder">Target folder.</param>
    /// <param name="options">Layout and limits.</param>
    /// <param name="progress">Receives the number of images written, and of all.</param>
    /// <param name="cancellation">Ends it; nothing stays.</param>
    /// <exception cref="ArgumentException">The layout is not written, or the folder holds something.</exception>
    /// <exception cref="DataSetFormatException">
    /// The layout cannot hold the data set; the message names what and both sides of a collision.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static ConversionReport Convert(
        DataSet data, string folder, ConversionOptions options, IProgress<(int Done, int All)>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(options);
        if (File.Exists(folder))
            throw new ArgumentException($"'{folder}' is a file; name a new folder", nameof(folder));
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new ArgumentException(
                $"the folder '{folder}' is not empty; name a new one, so that nothing is overwritten", nameof(folder));
        ConversionPlan plan = options.To switch
        {
            DataSetLayout.RoboflowCoco or DataSetLayout.Coco => ToCoco.Plan(data),
            DataSetLayout.Yolo => ToYolo.Plan(data, cancellation),
            DataSetLayout.Voc => ToVoc.Plan(data),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.To, "unknown layout"),
        };
        plan.CheckPaths();
        if (plan.Losses.ObjectCount > 0 && !options.AllowLoss)
            throw plan.Refusal($"{plan.Losses.Gone}. To leave them out, allow it (--allow-loss, ConversionOptions.AllowLoss).");
        using (var staged = new StagedFolder(folder))
        {
            Write(plan, staged.Path, options.Link, progress, cancellation);
            ConversionProof.Check(data, plan, staged.Path, new DataSetOptions { Classes = data.Classes.Rule }, cancellation);
            cancellation.ThrowIfCancellationRequested();
            staged.Complete();
        }

        return new ConversionReport(plan.Images.Count, plan.Entries.Sum(e => e.Objects.Count), plan.Losses.Sentences);
    }

    private static void Write(
        ConversionPlan plan, string folder, bool link, IProgress<(int Done, int All)>? progress, CancellationToken cancellation)
    {
        foreach ((string to, _, Action<Stream> write) in plan.Files)
        {
            cancellation.ThrowIfCancellationRequested();
            using FileStream stream = File.Create(Placed(folder, to));
            write(stream);
        }

        int done = 0;
        foreach (PlannedImage image in plan.Images)
        {
            cancellation.ThrowIfCancellationRequested();
            string to = Placed(folder, image.To);
            if (link)
                HardLink.Create(image.Image.File, to);
            else
                File.Copy(image.Image.File, to);
            progress?.Report((++done, plan.Images.Count));
        }
    }

    private static string Placed(string folder, string name)
    {
        string path = Path.GetFullPath(Path.Combine(folder, name));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}

/// <summary>Options for writing a data set again.</summary>
public sealed record ConversionOptions
{
    /// <summary>
    /// The layout to write: <see cref="DataSetLayout.RoboflowCoco"/>, <see cref="DataSetLayout.Yolo"/> or
    /// <see cref="DataSetLayout.Voc"/>.
    /// </summary>
    public required DataSetLayout To { get; init; }

    /// <summary>Hard links to the images instead of copies; both folders must lie on one file system.</summary>
    public bool Link { get; init; }

    /// <summary>
    /// True: objects that the new format cannot hold are left out and counted; false: the conversion is refused.
    /// </summary>
    public bool AllowLoss { get; init; }
}

/// <summary>Counts of a conversion, and what did not fit into the new format.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="Objects">Number of objects written.</param>
/// <param name="Lost">One sentence for each kind of thing that the format has no place for; empty if nothing was lost.</param>
public sealed record ConversionReport(int Images, int Objects, IReadOnlyList<string> Lost);
