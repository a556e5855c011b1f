using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace RfDetr.Jobs;

/// <summary>
/// The files of a destination in an S3-compatible store; "not yet there" is the store's own condition, if-none-match.
/// </summary>
internal sealed class S3Files : IJobFiles
{
    // A put takes up to 5 GB; many stores are slow before that, and a part that fails is sent again alone.
    private const long WholeBytes = 256L << 20;
    private const long LeastPartBytes = 64L << 20;
    private const int MostParts = 9_000; // 10,000 is the store's limit
    private const int Conflicts = 20;

    private readonly AmazonS3Client _client;
    private readonly S3Address _place;
    private readonly long _wholeBytes, _partBytes;
    private int _proven;

    private S3Files(AmazonS3Client client, S3Address place, long wholeBytes, long partBytes) =>
        (_client, _place, _wholeBytes, _partBytes) = (client, place, wholeBytes, partBytes);

    public string Name => _place.ToString().TrimEnd('/');

    /// <summary>Opens a place in a bucket, and finds out that the bucket is there and may be read.</summary>
    /// <exception cref="JobException">It is not there, or refuses.</exception>
    public static Task<S3Files> OpenAsync(S3Address place, CancellationToken cancellationToken) =>
        OpenAsync(place, WholeBytes, LeastPartBytes, cancellationToken);

    internal static async Task<S3Files> OpenAsync(
        S3Address place, long wholeBytes, long partBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        string prefix = place.Key.Trim('/');
        place = place with { Key = prefix.Length > 0 ? prefix + "/" : "" };
        AmazonS3Client client = S3Store.Create();
        try
        {
            var ask = new ListObjectsV2Request { BucketName = place.Bucket, Prefix = place.Key, MaxKeys = 1 };
            await client.ListObjectsV2Async(ask, cancellationToken).ConfigureAwait(false);
            return new S3Files(client, place, wholeBytes, partBytes);
        }
        catch (Exception e)
        {
            client.Dispose();
            if (S3Store.IsStore(e))
                throw S3Store.Failed($"{place}", e);
            throw;
        }
    }

    public async Task<bool> PutIfAbsentAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (!await PutAsync(path, content, ifAbsent: true, cancellationToken).ConfigureAwait(false))
            return false;
        await ProveAsync(path, content, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public async Task<bool> PutFileIfAbsentAsync(string path, string localFile, CancellationToken cancellationToken)
    {
        long bytes = new FileInfo(localFile).Length;
        if (bytes > _wholeBytes)
            return await PutPartsAsync(path, localFile, bytes, cancellationToken).ConfigureAwait(false);
        return await PutAsync(
            path,
            () => new PutObjectRequest { FilePath = localFile, IfNoneMatch = "*" }, cancellationToken).ConfigureAwait(false);
    }

    public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        PutAsync(path, content, ifAbsent: false, cancellationToken);

    public async Task<byte[]?> ReadAsync(string path, long offset, int? length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (length == 0)
            return await ExistsAsync(path, cancellationToken).ConfigureAwait(false) ? [] : null;
        var get = new GetObjectRequest { BucketName = _place.Bucket, Key = Key(path) };
        if (length is { } bytes)
            get.ByteRange = new ByteRange(offset, offset + bytes - 1);
        else if (offset > 0)
            get.ByteRange = new ByteRange(Invariant.Text($"bytes={offset}-"));
        try
        {
            using GetObjectResponse answer = await _client.GetObjectAsync(get, cancellationToken).ConfigureAwait(false);
            using var content = new MemoryStream((int)Math.Min(answer.ContentLength, Array.MaxLength));
            await answer.ResponseStream.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
            return content.ToArray();
        }
        catch (AmazonS3Exception e) when (S3Store.IsMissing(e))
        {
            return null;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return [];
        }
        catch (Exception e) when (S3Store.IsStore(e))
        {
            throw S3Store.Failed(Place(path), e);
        }
    }

    public async Task<bool> ExistsAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await _client.GetObjectMetadataAsync(_place.Bucket, Key(path), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception e) when (S3Store.IsMissing(e))
        {
            return false;
        }
        catch (Exception e) when (S3Store.IsStore(e))
        {
            throw S3Store.Failed(Place(path), e);
        }
    }

    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await _client.DeleteObjectAsync(_place.Bucket, Key(path), cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (S3Store.IsMissing(e))
        {
            // Some stores say so, Amazon's does not.
        }
        catch (Exception e) when (S3Store.IsStore(e))
        {
            throw S3Store.Failed(Place(path), e);
        }
    }

    public async IAsyncEnumerable<JobFile> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (S3Object found in S3Listing.ObjectsAsync(
            _client, _place with { Key = Key(prefix) }, cancellationToken).ConfigureAwait(false))
        {
            DateTime modified = (found.LastModified ?? DateTime.UnixEpoch).ToUniversalTime();
            yield return new JobFile(found.Key[_place.Key.Length..], found.Size ?? 0, modified);
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private string Key(string path) => _place.Key + path;

    private string Place(string path) => $"{Name}/{path}";

    private Task<bool> PutAsync(string path, ReadOnlyMemory<byte> content, bool ifAbsent, CancellationToken cancellationToken) =>
        PutAsync(
            path,
            () => new PutObjectRequest
            {
                InputStream = new MemoryStream(content.ToArray(), writable: false),
                IfNoneMatch = ifAbsent ? "*" : null,
            },
            cancellationToken);

    /// <summary>Puts an object; false if the condition did not hold.</summary>
    private async Task<bool> PutAsync(string path, Func<PutObjectRequest> request, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            PutObjectRequest put = request();
            (put.BucketName, put.Key) = (_place.Bucket, Key(path));
            put.UseChunkEncoding = false; // signed as a whole, which every store understands
            try
            {
                await _client.PutObjectAsync(put, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.PreconditionFailed)
            {
                return false;
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.Conflict && tries < Conflicts)
            {
                // Another writer is at it; who is first is known when it has ended.
                await Task.Delay(50 * tries, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (S3Store.IsStore(e))
            {
                throw S3Store.Failed(Place(path), e);
            }
        }
    }

    /// <summary>
    /// Finds out, once, that the store keeps to the condition: one that does not know it would write again without a word, and
    /// two jobs could share a destination.
    /// </summary>
    private async Task ProveAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _proven, 1) == 1)
            return;
        if (await PutAsync(path, content, ifAbsent: true, cancellationToken).ConfigureAwait(false))
        {
            throw new JobException(
                $"store {Name}: it does not keep to If-None-Match, and wrote '{path}' twice; results need a store that does "
                + "(Amazon S3 and current releases of most others do)");
        }
    }

    private async Task<bool> PutPartsAsync(string path, string localFile, long bytes, CancellationToken cancellationToken)
    {
        if (await ExistsAsync(path, cancellationToken).ConfigureAwait(false))
            return false;
        long partBytes = Math.Max(_partBytes, (bytes + MostParts - 1) / MostParts);
        string? upload = null;
        try
        {
            upload = (await _client.InitiateMultipartUploadAsync(_place.Bucket, Key(path), cancellationToken)
                .ConfigureAwait(false)).UploadId;
            var parts = new List<PartETag>();
            for (long at = 0; at < bytes; at += partBytes)
            {
                UploadPartResponse part = await _client.UploadPartAsync(
                    new UploadPartRequest
                    {
                        BucketName = _place.Bucket,
                        Key = Key(path),
                        UploadId = upload,
                        PartNumber = parts.Count + 1,
                        FilePath = localFile,
                        FilePosition = at,
                        PartSize = Math.Min(partBytes, bytes - at),
                        UseChunkEncoding = false,
                    },
                    cancellationToken).ConfigureAwait(false);
                parts.Add(new PartETag(parts.Count + 1, part.ETag));
            }

            await _client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = _place.Bucket,
                    Key = Key(path),
                    UploadId = upload,
                    PartETags = parts,
                    IfNoneMatch = "*",
                },
                cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.PreconditionFailed)
        {
            await AbortAsync(path, upload).ConfigureAwait(false);
            return false;
        }
        catch (Exception e)
        {
            await AbortAsync(path, upload).ConfigureAwait(false);
            if (S3Store.IsStore(e))
                throw S3Store.Failed(Place(path), e);
            throw;
        }
    }

    // Parts that belong to nothing cost money until somebody removes them.
    private async Task AbortAsync(string path, string? upload)
    {
        if (upload is null)
            return;
        try
        {
            await _client.AbortMultipartUploadAsync(_place.Bucket, Key(path), upload, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (S3Store.IsStore(e))
        {
            // The first failure is the one to tell.
        }
    }
}
