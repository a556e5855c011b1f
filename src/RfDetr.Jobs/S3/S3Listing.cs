using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace RfDetr.Jobs;

/// <summary>Lists the objects of a bucket, a page of a thousand at a time.</summary>
internal static class S3Listing
{
    /// <summary>The objects whose key begins with the address's.</summary>
    /// <exception cref="JobException">The bucket is not there, or refuses.</exception>
    public static async IAsyncEnumerable<S3Object> ObjectsAsync(
        AmazonS3Client client, S3Address place, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ask = new ListObjectsV2Request { BucketName = place.Bucket, Prefix = place.Key };
        while (true)
        {
            ListObjectsV2Response page;
            try
            {
                page = await client.ListObjectsV2Async(ask, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (S3Store.IsStore(e))
            {
                throw S3Store.Failed($"{place}", e);
            }

            foreach (S3Object found in page.S3Objects ?? [])
                yield return found;
            if (page.IsTruncated != true)
                yield break;
            ask.ContinuationToken = page.NextContinuationToken;
        }
    }
}
