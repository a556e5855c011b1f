using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RfDetr.Data;

namespace RfDetr.Jobs;

/// <summary>Options of sources.</summary>
internal sealed record SourceOptions
{
    /// <summary>True if folders are searched to their depth.</summary>
    public bool Recursive { get; init; }

    /// <summary>The folder that a COCO file's images lie in; null for the file's own.</summary>
    public string? ImageFolder { get; init; }
}

/// <summary>Finds what a source is.</summary>
internal static class JobSources
{
    /// <summary>
    /// The source that a text means: a prefix of a bucket (<c>s3://BUCKET/PREFIX</c>); an existing folder; a COCO file
    /// (<c>.json</c>); a list (<c>.txt</c>, <c>.lst</c> or <c>.jsonl</c> with <c>{"id", "location"}</c>); an image file; a
    /// pattern.
    /// </summary>
    /// <exception cref="ArgumentException">It is an address.</exception>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    public static IJobSource Of(string text, SourceOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        CheckLocation(text, "a source");
        if (S3Address.Is(text))
            return new S3Source(S3Address.Parse(text));
        if (Directory.Exists(text))
            return new FolderSource(text, options.Recursive);
        bool exists = File.Exists(text);
        if (!exists && Glob.IsPattern(text))
            return new PatternSource(text);
        if (!exists)
            throw new FileNotFoundException($"there is no file or folder '{text}' to take images from", text);
        return Path.GetExtension(text).ToLowerInvariant() switch
        {
            ".json" => new CocoSource(text, options.ImageFolder),
            ".jsonl" => new EntrySource(text),
            ".txt" or ".lst" => new ListSource(text),
            _ when ImageInputs.HasImageEnding(text) => new FileSource(text),
            var ending => throw new ArgumentException(
                $"'{text}' ends in '{ending}'; a source is a folder, a pattern, an image, a list (.txt, .lst, .jsonl) or a COCO "
                + "file (.json)"),
        };
    }

    /// <summary>Refuses addresses: a job reads files and buckets, whose contents stay what they are while it runs.</summary>
    /// <exception cref="ArgumentException">The location is an address.</exception>
    public static void CheckLocation(string location, string place)
    {
        if (ImageUrl.IsUrl(location))
        {
            throw new ArgumentException(
                $"'{location}' ({place}) is an address; a job reads files and buckets only: fetch the images first");
        }
    }
}

/// <summary>The images of a folder; their ids are paths within it.</summary>
internal sealed class FolderSource(string folder, bool recursive) : IJobSource
{
    public async IAsyncEnumerable<JobImage> ImagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        string root = Path.GetFullPath(folder);
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = recursive,
            AttributesToSkip = FileAttributes.System | FileAttributes.Hidden,
        };
        bool any = false;
        foreach (string path in Directory.EnumerateFiles(root, "*", options))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!ImageInputs.HasImageEnding(path))
                continue;
            any = true;
            yield return new JobImage(SourcePaths.Within(root, path), path);
        }

        if (!any)
        {
            throw new FileNotFoundException(recursive
                ? $"no images in folder '{folder}' or below it"
                : $"no images in folder '{folder}'; to search the folders below it too, say so (--recursive)", folder);
        }
    }
}

/// <summary>The images that a pattern matches; their ids are paths within the pattern's fixed beginning.</summary>
internal sealed class PatternSource(string pattern) : IJobSource
{
    public async IAsyncEnumerable<JobImage> ImagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        string fixedPart = pattern;
        while (Glob.IsPattern(fixedPart))
            fixedPart = Path.GetDirectoryName(fixedPart) ?? "";
        string root = Path.GetFullPath(fixedPart.Length == 0 ? "." : fixedPart);
        bool any = false;
        foreach (string path in Glob.Expand(pattern).Where(ImageInputs.HasImageEnding))
        {
            cancellationToken.ThrowIfCancellationRequested();
            any = true;
            string full = Path.GetFullPath(path);
            yield return new JobImage(SourcePaths.Within(root, full), full);
        }

        if (!any)
            throw new FileNotFoundException($"no images match '{pattern}'", pattern);
    }
}

/// <summary>One image file; its id is its name.</summary>
internal sealed class FileSource(string file) : IJobSource
{
    public async IAsyncEnumerable<JobImage> ImagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return new JobImage(Path.GetFileName(file), Path.GetFullPath(file));
    }
}

/// <summary>
/// A list of images, one path or <c>s3://</c> object per line, in UTF-8; relative paths begin at the list's folder. Ids are the
/// lines.
/// </summary>
internal sealed class ListSource(string file) : IJobSource
{
    public async IAsyncEnumerable<JobImage> ImagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        await foreach ((long number, string line) in BoundedLines.ReadAsync(file, cancellationToken).ConfigureAwait(false))
        {
            JobSources.CheckLocation(line, Invariant.Text($"{file}, line {number}"));
            yield return new JobImage(line.Replace('\\', '/'), SourcePaths.Full(folder, line));
        }
    }
}

/// <summary>A list with ids of the user's own: lines of <c>{"id": …, "location": …}</c>, as a manifest has them.</summary>
internal sealed class EntrySource(string file) : IJobSource
{
    public async IAsyncEnumerable<JobImage> ImagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        await foreach ((long number, string line) in BoundedLines.ReadAsync(file, cancellationToken).ConfigureAwait(false))
        {
            string place = Invariant.Text($"{file}, line {number}");
            JobImage image = JobJson.Read(System.Text.Encoding.UTF8.GetBytes(line), JobJson.Default.JobImage, place);
            if (image.Id.Length == 0 || image.Location.Length == 0)
                throw new JobException($"{place}: 'id' and 'location' must not be empty");
            JobSources.CheckLocation(image.Location, place);
            yield return image with { Location = SourcePaths.Full(folder, image.Location) };
        }
    }
}

/// <summary>The images of a COCO file; ids are its <c>file_name</c>s, and its image ids stay with them.</summary>
internal sealed class CocoSource(string file, string? imageFolder) : IJobSource
{
    public async IAsyncEnumerable<JobImage> ImagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string folder = Path.GetFullPath(imageFolder ?? Path.GetDirectoryName(Path.GetFullPath(file))!);
        var channel =
            Channel.CreateBounded<CocoImage>(new BoundedChannelOptions(1024) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = Task.Run(
            () =>
            {
                Exception? failure = null;
                try
                {
                    CocoImageList.Read(
                        file, image => channel.Writer.WriteAsync(image, stop.Token).AsTask().GetAwaiter().GetResult());
                }
                catch (Exception e)
                {
                    failure = e;
                }
                finally
                {
                    channel.Writer.Complete(failure);
                }
            },
            CancellationToken.None);
        try
        {
            await foreach (CocoImage image in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                JobSources.CheckLocation(image.FileName, file);
                yield return new JobImage(
                    image.FileName.Replace('\\', '/'), SourcePaths.Full(folder, image.FileName),
                    image.Id >= 0 ? image.Id : null); // ids that are texts have numbers of this program's own
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
    }
}

/// <summary>Paths as manifests have them.</summary>
internal static class SourcePaths
{
    /// <summary>A path within a folder, with slashes on every system.</summary>
    public static string Within(string root, string path) => Path.GetRelativePath(root, path).Replace('\\', '/');

    /// <summary>A location that means the same in any current folder.</summary>
    public static string Full(string folder, string location) =>
        S3Address.Is(location) ? location : Path.GetFullPath(location, folder);
}
