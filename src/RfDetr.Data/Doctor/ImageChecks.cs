using System.Security.Cryptography;

namespace RfDetr.Data;

/// <summary>Reads every image: broken files, other sizes than annotated, copies within and between splits.</summary>
internal static class ImageChecks
{
    private sealed record Read(
        DataSplit Split, LabeledImage Labels, string? Hash, Fingerprint? Look, string? Broken, string? OtherSize)
    {
        public string Name => $"{Split.Name}/{Labels.Name}";
    }

    public static void Run(
        DataSet data, DoctorOptions options, FindingList found, IProgress<(int Done, int All)>? progress,
        CancellationToken cancellation)
    {
        (DataSplit Split, LabeledImage Image)[] all =
            [.. data.Splits.SelectMany(split => split.Images.Select(image => (split, image)))];
        var read = new Read[all.Length];
        int done = 0;
        ManyAtOnce.For(all.Length, i =>
        {
            read[i] = Examine(all[i].Split, all[i].Image);
            progress?.Report((Interlocked.Increment(ref done), all.Length));
        }, options.Threads, cancellation);
        foreach (DataSplit split in data.Splits)
        {
            found.Add(
                FindingLevel.Error, "image-broken", split.Name,
                [.. read.Where(r => r.Split == split).Select(r => r.Broken).OfType<string>()],
                n => $"{Invariant.Plural(n, "image")} cannot be read; training would stop there.");
            found.Add(
                FindingLevel.Error, "image-size", split.Name,
                [.. read.Where(r => r.Split == split).Select(r => r.OtherSize).OfType<string>()],
                n =>
                    $"{Invariant.Plural(n, "image has", "images have")} another size than the annotations say, so the "
                        + $"boxes do not fit.");
        }

        Copies(read, found);
    }

    private static Read Examine(DataSplit split, LabeledImage labels)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(labels.File);
            string hash = Convert.ToHexString(SHA256.HashData(bytes));
            try
            {
                using Image image = Image.Decode(bytes);
                var look = new Fingerprint(image.Frame);
                string? size = image.Width == labels.Width && image.Height == labels.Height
                    ? null
                    : $"{labels.Name}: {image.Width}×{image.Height}, annotated as "
                        + $"{labels.Width}×{labels.Height}{Turned(bytes, image, labels)}";
                return new Read(split, labels, hash, look, null, size);
            }
            catch (ImageContentException e)
            {
                return new Read(split, labels, hash, null, $"{labels.Name}: {e.Message[(e.Image.Length + 2)..]}", null);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Read(split, labels, null, null, $"{labels.Name}: {e.Message}", null);
        }
    }

    private static string Turned(byte[] bytes, Image image, LabeledImage labels) =>
        image.Width == labels.Height && image.Height == labels.Width && ImageInfo.Read(bytes).Orientation != 1
            ? " (the file is turned upright by its EXIF mark)"
            : "";

    private static void Copies(Read[] read, FindingList found)
    {
        List<string> leaks = [], copies = [], nearLeaks = [], near = [];
        foreach (
            Read[] same in read.Where(r => r.Hash is not null)
                .GroupBy(r => r.Hash).Where(g => g.Count() > 1).Select(g => g.ToArray()))
        {
            bool between = same.Any(r => r.Split != same[0].Split);
            (between ? leaks : copies).Add(string.Join(" = ", same.Select(r => r.Name)));
        }

        foreach ((int a, int b) in Fingerprint.Pairs([.. read.Select(r => r.Look)]).Order())
        {
            if (read[a].Hash != read[b].Hash)
                (read[a].Split != read[b].Split ? nearLeaks : near).Add($"{read[a].Name} ~ {read[b].Name}");
        }

        found.Add(
            FindingLevel.Error, "leak", null, leaks,
            n =>
                $"{Invariant.Plural(n, "image is", "images are")} in several splits; what is trained on must not be "
                    + $"measured on.");
        found.Add(
            FindingLevel.Warning, "leak-near", null, nearLeaks,
            n =>
                $"{Invariant.Plural(n, "pair")} of images of different splits look alike (frames of one video, other "
                    + $"sizes or compressions of one image?); scores would be too good.");
        found.Add(
            FindingLevel.Warning, "duplicate", null, copies,
            n => $"{Invariant.Plural(n, "image is", "images are")} there several times in a split.");
        found.Add(
            FindingLevel.Note, "duplicate-near", null, near,
            n => $"{Invariant.Plural(n, "pair")} of images of a split look alike.");
    }
}
