namespace RfDetr.Data;

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
