using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace RfDetr.Jobs;

/// <summary>The images below a prefix of a bucket; their ids are what follows the prefix.</summary>
/// <param name="place">Bucket and prefix; a prefix means what keys begin with, not only whole folders.</param>
internal sealed class S3Source(S3Address place) : IJobSource
{
    public async IAsyncEnumerable<JobImage> ImagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using AmazonS3Client client = S3Store.Create();
        int folder = place.Key.LastIndexOf('/') + 1;
        await foreach (S3Object found in S3Listing.ObjectsAsync(client, place, cancellationToken).ConfigureAwait(false))
        {
            if (ImageInputs.HasImageEnding(found.Key))
                yield return new JobImage(found.Key[folder..], $"{place with { Key = found.Key }}");
        }
    }
}

/// <summary>An image in a bucket.</summary>
/// <param name="Location"><c>s3://BUCKET/KEY</c>.</param>
internal sealed record S3Image(string Location) : ImageSource
{
    public override string Name => Location;

    public override async Task<Image> OpenAsync(ImageLimits? limits = null, CancellationToken cancellationToken = default)
    {
        byte[] bytes = await S3Images.Shared.ReadAsync(Location, cancellationToken).ConfigureAwait(false);
        return await Image.DecodeAsync(bytes, limits, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Reads images from buckets. Safe for any number of threads.</summary>
internal sealed class S3Images : IDisposable
{
    /// <summary>The program's: its connections are kept for the next image.</summary>
    public static S3Images Shared { get; } = new();

    /// <summary>The most bytes of an object that is read as an image; larger ones are a row with an error.</summary>
    public const long MostBytes = 512L << 20;

    private const int Tries = 4;

    private readonly Lazy<AmazonS3Client> _client = new(S3Store.Create);

    /// <summary>The bytes of an image.</summary>
    /// <exception cref="FileNotFoundException">There is no such object: the image's own failure.</exception>
    /// <exception cref="ImageContentException">It is too large: the image's own failure too.</exception>
    /// <exception cref="JobException">The store is not there or refuses: the job's failure, and no row.</exception>
    public async Task<byte[]> ReadAsync(string location, CancellationToken cancellationToken)
    {
        var address = S3Address.Parse(location);
        for (int tries = 1; ; tries++)
        {
            try
            {
                return await ReadOnceAsync(address, cancellationToken).ConfigureAwait(false);
            }
            catch (AmazonS3Exception e) when (S3Store.IsMissing(e))
            {
                throw new FileNotFoundException($"there is no object '{location}'", location, e);
            }
            catch (IOException) when (tries < Tries)
            {
                // The client tries requests again, not bodies that break off.
                await Task.Delay(TimeSpan.FromSeconds(0.2 * tries), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (S3Store.IsStore(e))
            {
                throw S3Store.Failed(location, e);
            }
        }
    }

    public void Dispose()
    {
        if (_client.IsValueCreated)
            _client.Value.Dispose();
    }

    private async Task<byte[]> ReadOnceAsync(S3Address address, CancellationToken cancellationToken)
    {
        using GetObjectResponse answer = await _client.Value
            .GetObjectAsync(address.Bucket, address.Key, cancellationToken).ConfigureAwait(false);
        if (answer.ContentLength > MostBytes)
        {
            throw new ImageContentException(
                $"{address}", ImageFault.TooLarge,
                Invariant.Text($"the object has {answer.ContentLength} bytes; at most {MostBytes} are read as an image"));
        }

        byte[] bytes = new byte[answer.ContentLength];
        await answer.ResponseStream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }
}
