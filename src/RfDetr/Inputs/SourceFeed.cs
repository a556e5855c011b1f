namespace RfDetr;

/// <summary>An image to be read.</summary>
/// <param name="Source">The source as its caller named it; of a stream's further images one of their own.</param>
/// <param name="Reader">The source that it is read from.</param>
internal readonly record struct FedImage(ImageSource Source, ImageSource Reader);

/// <summary>
/// Groups of image sources, asked for one after the other on the thread pool: whoever names the sources may take time, and the
/// next image of a pipe or camera may come late. Streams are taken apart into their images here.
/// </summary>
internal sealed class SourceFeed
{
    private readonly IEnumerator<FedImage[]> _groups;
    private Task<FedImage[]?>? _next;
    private bool _ended;
    private volatile bool _isReadingStream;

    /// <summary>A feed that has taken nothing yet.</summary>
    /// <param name="sources">The sources.</param>
    /// <param name="size">Images per group.</param>
    public SourceFeed(IEnumerable<ImageSource> sources, int size) => _groups = Each(sources).Chunk(size).GetEnumerator();

    /// <summary>A feed of groups that their caller made: none waits for images of the next.</summary>
    /// <param name="groups">Groups of sources that are one image each.</param>
    public SourceFeed(IEnumerable<IReadOnlyList<ImageSource>> groups) =>
        _groups = groups.Select(group => group.Select(source => new FedImage(source, source)).ToArray()).GetEnumerator();

    /// <summary>
    /// The next group, or null behind the last; the same task until <see cref="Advance"/> is called. Null itself where all groups
    /// were taken.
    /// </summary>
    public Task<FedImage[]?>? Next =>
        _ended ? null : _next ??= Task.Run(() => _groups.MoveNext() ? _groups.Current : null);

    /// <summary>Goes on behind the group that <see cref="Next"/> gave.</summary>
    public void Advance()
    {
        _ended |= _next is { IsCompletedSuccessfully: true, Result: null };
        _next = null;
    }

    /// <summary>Frees the sources' enumerator. A stream that is being read cannot be stopped: it is left to its reader.</summary>
    public async ValueTask CloseAsync()
    {
        if (_next is { IsCompleted: false } reading)
        {
            if (_isReadingStream)
            {
                _ = reading.ContinueWith(_ => _groups.Dispose(), TaskScheduler.Default);
                return;
            }

            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _groups.Dispose();
    }

    private IEnumerable<FedImage> Each(IEnumerable<ImageSource> sources)
    {
        foreach (ImageSource source in sources)
        {
            if (source is not StreamImage stream)
            {
                yield return new FedImage(source, source);
                continue;
            }

            _isReadingStream = true;
            bool isFirst = true;
            foreach (ImageSource image in ImageSequence.Of(stream))
            {
                yield return new FedImage(isFirst ? stream : image, image);
                isFirst = false;
            }

            _isReadingStream = false;
        }
    }
}
