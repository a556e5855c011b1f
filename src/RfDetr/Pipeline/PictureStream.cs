using System.Diagnostics;
using System.Runtime.CompilerServices;
using RfDetr.Vision;

namespace RfDetr;

/// <summary>A decoded picture with where it came from.</summary>
internal readonly record struct DecodedPicture(string Path, Picture Picture, double DecodeMs);

/// <summary>Decodes picture files ahead of their use, one group at a time, in order.</summary>
internal static class PictureStream
{
    public static async IAsyncEnumerable<IReadOnlyList<DecodedPicture>> Decode(
        IEnumerable<string> paths, int groupSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<DecodedPicture>>? ahead = null;
        try
        {
            foreach (string[] group in paths.Chunk(groupSize))
            {
                Task<IReadOnlyList<DecodedPicture>> next = Task.Run(() => DecodeGroup(group, cancellationToken), cancellationToken);
                (Task<IReadOnlyList<DecodedPicture>>? ready, ahead) = (ahead, next);
                if (ready is not null)
                    yield return await ready.ConfigureAwait(false);
            }

            if (ahead is not null)
            {
                (Task<IReadOnlyList<DecodedPicture>> last, ahead) = (ahead, null);
                yield return await last.ConfigureAwait(false);
            }
        }
        finally
        {
            // Whoever stops listening leaves a group behind that nobody will read.
            if (ahead is not null)
                await Release(ahead).ConfigureAwait(false);
        }
    }

    private static IReadOnlyList<DecodedPicture> DecodeGroup(string[] paths, CancellationToken cancellationToken)
    {
        var group = new List<DecodedPicture>(paths.Length);
        try
        {
            foreach (string path in paths)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long start = Stopwatch.GetTimestamp();
                Picture picture = Picture.Load(path);
                group.Add(new(path, picture, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
            }

            return group;
        }
        catch
        {
            group.ForEach(d => d.Picture.Dispose());
            throw;
        }
    }

    private static async Task Release(Task<IReadOnlyList<DecodedPicture>> group)
    {
        try
        {
            foreach (DecodedPicture decoded in await group.ConfigureAwait(false))
                decoded.Picture.Dispose();
        }
        catch (Exception e) when (e is OperationCanceledException or ImageContentException or IOException)
        {
            // Nothing was decoded, and nobody is left to tell.
        }
    }
}
