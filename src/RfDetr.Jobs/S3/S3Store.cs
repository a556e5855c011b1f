using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;

namespace RfDetr.Jobs;

/// <summary>The client of an S3-compatible store, set up as every tool of such stores is: by the usual environment.</summary>
/// <remarks>
/// <c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c>, <c>AWS_SESSION_TOKEN</c>, <c>AWS_PROFILE</c>, the roles of pods and
/// machines, <c>AWS_REGION</c>; <c>AWS_ENDPOINT_URL_S3</c> or <c>AWS_ENDPOINT_URL</c> for stores other than Amazon's.
/// </remarks>
internal static class S3Store
{
    /// <summary>Makes a client; it is safe for any number of threads.</summary>
    public static AmazonS3Client Create()
    {
        string? endpoint = First("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
        string region = First("AWS_REGION", "AWS_DEFAULT_REGION") ?? "us-east-1";
        var config = new AmazonS3Config
        {
            MaxErrorRetry = 5,
            // Sums that only Amazon's own store knows are sent where an operation needs them; every request is signed either way.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (endpoint is not null)
        {
            if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
                throw new ArgumentException($"AWS_ENDPOINT_URL is '{endpoint}', expected http://HOST:PORT or https://HOST");
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = region;
            config.ForcePathStyle = true; // buckets as names of hosts need a DNS that most own stores have not
        }
        else
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region);
        }

        return new AmazonS3Client(config);
    }

    /// <summary>True if an exception comes from the store or from the way to it.</summary>
    public static bool IsStore(Exception e) => e is AmazonServiceException or AmazonClientException or HttpRequestException
        or SocketException or IOException;

    /// <summary>The sentence for a failure.</summary>
    public static JobException Failed(string place, Exception e) => new($"store {place}: {Reason(e)}", e);

    /// <summary>True if the object is not there; a bucket that is not there is another matter.</summary>
    public static bool IsMissing(AmazonS3Exception e) =>
        e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode is not "NoSuchBucket";

    private static string Reason(Exception e)
    {
        if (e is AmazonS3Exception s3)
        {
            return s3.ErrorCode switch
            {
                "NoSuchBucket" => "there is no such bucket; make it first",
                "InvalidAccessKeyId" => "it does not know this access key (AWS_ACCESS_KEY_ID)",
                "SignatureDoesNotMatch" => "the secret key is wrong (AWS_SECRET_ACCESS_KEY), or this machine's clock",
                "RequestTimeTooSkewed" => "this machine's clock is wrong by more than 15 minutes",
                "AccessDenied" or "AllAccessDisabled" =>
                    "access was refused; the key needs to list the bucket and to get, put and delete its objects",
                "PermanentRedirect" or "AuthorizationHeaderMalformed" => "the bucket lies in another region; set AWS_REGION",
                "NotImplemented" => "it does not implement If-None-Match for PutObject, which results need",
                _ => $"{AddressText.Reason(s3.Message)} ({(int)s3.StatusCode} {s3.ErrorCode})",
            };
        }

        Exception cause = e;
        while (cause.InnerException is { } inner)
            cause = inner;
        if (cause is SocketException)
            return $"it cannot be reached: {AddressText.Reason(cause.Message)}; is the address right (AWS_ENDPOINT_URL)?";
        if (e is AmazonClientException && e.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase))
            return "there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE";
        return AddressText.Reason(e.Message);
    }

    private static string? First(params ReadOnlySpan<string> variables)
    {
        foreach (string variable in variables)
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
                return value;
        }

        return null;
    }
}
