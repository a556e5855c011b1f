using System.Globalization;
using System.Text;

namespace RfDetr.Data;

/// <summary>Writes YOLO's layout: <c>data.yaml</c>, <c>images/SPLIT/…</c>, <c>labels/SPLIT/…</c>.</summary>
internal static class ToYolo
{
    private const string ImagesFolder = "images";

    // A JSON text is a YAML text, quotes, line ends and all.

    /// <summary>Plans the conversion.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="cancellation">Ends the reading of image headers.</param>
    /// <exception cref="DataSetFormatException">YOLO has no place for something, or an image cannot be read.</exception>
    public static ConversionPlan Plan(DataSet data, CancellationToken cancellation)
    {
        var plan = new ConversionPlan(data, DataSetLayout.Yolo);
        Dictionary<DataSplit, string> names = ConversionSplits.Of(data, plan);
        int[] order = [.. data.Classes.Select(c => c.Index)];
        foreach ((DataSplit split, string name) in names)
        {
            ConversionSplits.CheckOnce(split, plan);
            LabeledImage[] images = Sized(split, plan, cancellation);
            foreach (LabeledImage image in images)
                Image(image, name, order, plan);
        }

        string[] filled = [.. names.Where(n => n.Key.Images.Count > 0).Select(n => n.Value)];
        if (filled.Length == 0)
            throw plan.Refusal("the data set has no images.");
        plan.Add("data.yaml", "the data set's description", () => Yaml(data, filled));
        return plan;
    }

    private static string Yaml(DataSet data, string[] splits)
    {
        var yaml = new StringBuilder();
        foreach (string split in splits)
            yaml.Append(CultureInfo.InvariantCulture, $"{split}: {ImagesFolder}/{split}\n");
        yaml.Append(CultureInfo.InvariantCulture, $"nc: {data.Classes.Count}\nnames:\n");
        for (int i = 0; i < data.Classes.Count; i++)
            yaml.Append(CultureInfo.InvariantCulture, $"  {i}: {JsonStyle.Quote(data.Classes[i].Name)}\n");
        return yaml.ToString();
    }

    /// <summary>
    /// The images at their own sizes: YOLO's numbers are shares of what the image really has, whatever the annotations say.
    /// </summary>
    private static LabeledImage[] Sized(DataSplit split, ConversionPlan plan, CancellationToken cancellation)
    {
        var sized = new LabeledImage[split.Images.Count];
        ManyAtOnce.For(sized.Length, i =>
        {
            try
            {
                ImageInfo info = ImageInfo.Read(split.Images[i].File);
                sized[i] = split.Images[i] with { Width = info.Width, Height = info.Height };
            }
            catch (ImageContentException e)
            {
                throw plan.Refusal(
                    $"the image '{split.Images[i].Name}' of '{split.Name}' has no size that shares could be computed from: "
                    + $"{e.Message}.");
            }
        }, cancellation: cancellation);
        for (int i = 0; i < sized.Length; i++)
        {
            if ((sized[i].Width, sized[i].Height) != (split.Images[i].Width, split.Images[i].Height)
                && sized[i].Objects.Count > 0)
                plan.Losses.Add(
                    $"of '{sized[i].Name}', which has another size than its annotations say; boxes are kept in pixels");
        }

        return sized;
    }

    private static void Image(LabeledImage image, string split, int[] order, ConversionPlan plan)
    {
        string name = plan.NameOf(image), to = $"{ImagesFolder}/{split}/{name}";
        if (!YoloLayout.IsImage(name))
            throw plan.Refusal(
                $"the image '{image.Name}' has an extension by which YOLO's readers do not find it; rename it, for instance "
                + "to .jpg or .png.");

        // Labels go where readers look for them: for inner folders called "images" that is not below labels/SPLIT.
        string here = Path.DirectorySeparatorChar + to.Replace('/', Path.DirectorySeparatorChar);
        string label = YoloLayout.LabelFile(here)[1..].Replace(Path.DirectorySeparatorChar, '/');
        var written = new List<LabeledObject>();
        foreach (LabeledObject o in image.Objects)
        {
            string which = ObjectChecks.Where(image, o);
            if (o.IsCrowd)
                plan.Losses.AddObject("crowd regions have no place in YOLO's format", which);
            else if (!Shares(image, o).All(v => v is >= YoloLabels.Least and <= YoloLabels.Most))
                plan.Losses.AddObject("boxes far beyond the image cannot be distinguished from pixels in YOLO's format", which);
            else
                written.Add(o);
        }

        var planned = new PlannedImage(split, image, to, written);
        plan.Add(planned);

        // Outlines are computed twice, here for what they lose and when the file is written, so that they need not be kept.
        foreach (LabeledObject o in written.Where(o => o.Segmentation is not null))
            _ = YoloOutline.Of(image, o, plan.Losses);
        plan.Add(label, $"the labels of {ConversionPlan.Owner(planned)}",
            () => string.Concat(written.Select(o => Line(image, o, Array.IndexOf(order, o.ClassIndex)))));
    }

    private static string Line(LabeledImage image, LabeledObject o, int number)
    {
        double[]? outline = o.Segmentation is null ? null : YoloOutline.Of(image, o, losses: null);
        IEnumerable<string> values = outline is null
            ? Shares(image, o).Select(v => v.ToString("0.##########", CultureInfo.InvariantCulture))
            : outline.Select((v, i) => Share(v, i % 2 == 0 ? image.Width : image.Height));
        return string.Create(CultureInfo.InvariantCulture, $"{number} {string.Join(' ', values)}\n");
    }

    private static double[] Shares(LabeledImage image, LabeledObject o) =>
    [
        (o.Box.X + o.Box.Width / 2) / image.Width, (o.Box.Y + o.Box.Height / 2) / image.Height, o.Box.Width / image.Width,
        o.Box.Height / image.Height,
    ];

    /// <summary>
    /// A coordinate as a share, with as few digits as give back the pixels to 0.0001 and, for the rasterizer, the same fifth of a
    /// pixel.
    /// </summary>
    private static string Share(double pixels, int side)
    {
        for (int digits = 6; digits <= 16; digits++)
        {
            string text = (pixels / side).ToString($"G{digits}", CultureInfo.InvariantCulture);
            double back = double.Parse(text, CultureInfo.InvariantCulture) * side;
            if (Math.Abs(back - pixels) < 1e-4 && (int)(5 * back + .5) == (int)(5 * pixels + .5))
                return text;
        }

        return (pixels / side).ToString("R", CultureInfo.InvariantCulture);
    }
}
