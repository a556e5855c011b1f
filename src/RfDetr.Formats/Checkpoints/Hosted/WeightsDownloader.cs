using System.Net;
using System.Security.Cryptography;

namespace RfDetr.Checkpoints;

/// <summary>
/// Fetches published weights once and keeps them. Thread-safe; several processes may ask for the same file at the same time.
/// </summary>
/// <remarks>
/// A file counts only with the table's MD5, which guards against damage, not against malice (the readers of this library run no
/// code from a checkpoint). It appears under its name in one step when complete; until then it is <c>NAME.part</c>, and a later
/// call goes on from there.
/// </remarks>
public sealed class WeightsDownloader
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1), LockPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns the full path of a file, after downloading it if it is not there.</summary>
    /// <param name="file">The file; see <see cref="HostedWeights.Find"/>.</param>
    /// <param name="options">Source, target and conduct of the download.</param>
    /// <param name="progress">Receives the state, at each piece that arrives; may be null.</param>
    /// <param name="cancellation">Stops the download; what has arrived is kept for the next call.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="ChecksumMismatchException">
    /// The file that is there, or that the server sends, is not the published one.
    /// </exception>
    /// <exception cref="LicenseNotAcceptedException">A download is needed and the license has not been accepted.</exception>
    /// <exception cref="DownloadException">The server or the folder does not play along.</exception>
    public async Task<string> DownloadAsync(
        HostedFile file, DownloadOptions? options = null, IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        options ??= new();
        options.Validate();
        string folder = options.ResolveFolder(), target = Path.Combine(folder, file.FileName);
        if (!options.Force && await IsThereAsync(file, target, progress, cancellation).ConfigureAwait(false))
            return target;
        if (options.Offline)
            throw new DownloadException(
                $"{target} is not there and the network is not to be used; run once without --offline, or put the file there");
        if (file.License.MustBeAccepted && !options.AcceptLicense)
            throw new LicenseNotAcceptedException(file.FileName, file.License);

        try
        {
            Directory.CreateDirectory(folder);
            using PartFile part = await LockAsync(file, target, progress, cancellation).ConfigureAwait(false);
            // Whoever held the lock before may have finished the job.
            if (!options.Force && await IsThereAsync(file, target, progress, cancellation).ConfigureAwait(false))
                return target;
            await part.OpenAsync(fresh: options.Force, cancellation).ConfigureAwait(false);
            await FetchAsync(file, part, options, progress, cancellation).ConfigureAwait(false);
            part.Finish();
            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException(
                $"cannot write to the weights folder '{folder}': {e.Message}; choose another one "
                    + $"({DownloadOptions.HomeVariable})",
                e);
        }
    }

    /// <summary>True if the file is there and is the published one.</summary>
    private static async Task<bool> IsThereAsync(
        HostedFile file, string target, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        if (!File.Exists(target))
            return false;
        string actual;
        try
        {
            await using FileStream stream = new(target, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17);
            progress?.Report(new(file.FileName, DownloadStage.Verifying, 0, stream.Length, 0));
            actual = Convert.ToHexStringLower(await MD5.HashDataAsync(stream, cancellation).ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException($"cannot read '{target}': {e.Message}", e);
        }

        return actual == file.Md5 ? true : throw new ChecksumMismatchException(
            $"'{target}' is not the published {file.FileName}: its MD5 is {actual}, expected {file.Md5}. "
            + "If it is your own training, give its path instead of the name; if it is damaged, delete it or download with "
                + "--force",
            file.Md5, actual);
    }

    private static async Task<PartFile> LockAsync(
        HostedFile file, string target, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        while (true)
        {
            if (PartFile.TryLock(target) is { } part)
                return part;
            progress?.Report(new(file.FileName, DownloadStage.WaitingForOther, 0, null, 0));
            await Task.Delay(LockPoll, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asks the server until the part file is complete and right.</summary>
    private static async Task FetchAsync(
        HostedFile file, PartFile part, DownloadOptions options, IProgress<DownloadProgress>? progress,
        CancellationToken cancellation)
    {
        Uri address = new(options.ResolveBaseAddress(), file.RemotePath);
        using HttpClient client = Client(options, address);
        TimeSpan delay = options.FirstDelay;
        for (int number = 1; part.Md5 != file.Md5; number++)
        {
            int current = number;
            Attempt attempt = new(client, file, address, options,
                (bytes, total) => progress?.Report(new(file.FileName, DownloadStage.Downloading, bytes, total, current)));
            bool resumed = part.Length > 0;
            TransientException failure;
            try
            {
                await attempt.RunAsync(part, cancellation).ConfigureAwait(false);
                if (part.Md5 == file.Md5)
                    return;
                string wrong = part.Md5;
                if (!resumed || number == options.MaxAttempts)
                {
                    part.Discard();
                    throw new ChecksumMismatchException(
                        $"{address} sent {part.Length} bytes that are not {file.FileName}: their MD5 is {wrong}, "
                            + $"expected {file.Md5}; they were thrown away. "
                        + $"Try again later, or check the mirror's address ({DownloadOptions.AddressVariable})", file.Md5, wrong);
                }

                part.Restart();
                failure = new("the pieces do not make up the published file; beginning again");
            }
            catch (TransientException e)
            {
                failure = e;
            }

            if (number == options.MaxAttempts)
                throw new DownloadException(
                    $"{address} could not be fetched in {number} attempts; the last one: {failure.Message}. "
                        + $"{part.Length} bytes are kept; run again to go on from there",
                    failure);
            progress?.Report(new(file.FileName, DownloadStage.Retrying, part.Length, null, number, failure.Message));
            TimeSpan pause = failure.RetryAfter is { } asked && asked > delay ? asked : delay;
            await (options.Wait ?? Task.Delay)(pause < LongestDelay ? pause : LongestDelay, cancellation).ConfigureAwait(false);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }

    private static HttpClient Client(DownloadOptions options, Uri address)
    {
        SocketsHttpHandler handler = new()
        {
            MaxAutomaticRedirections = 5, // and never from https to http, which the handler refuses by itself
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.StallTimeout,
            UseProxy = options.Proxy is not null || !address.IsLoopback, // a mirror on this very machine lies behind no proxy
        };
        if (options.Proxy is not null)
            handler.Proxy = new WebProxy(options.Proxy);
        HttpClient client = new(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(
            new("RfDetr", typeof(WeightsDownloader).Assembly.GetName().Version?.ToString(3)));
        return client;
    }
}

/// <summary>Stages of a download.</summary>
public enum DownloadStage
{
    /// <summary>Reading a file that is there to compare its digest.</summary>
    Verifying,

    /// <summary>Another process downloads the same file.</summary>
    WaitingForOther,

    /// <summary>Bytes arrive.</summary>
    Downloading,

    /// <summary>The connection broke; the next attempt comes after a pause.</summary>
    Retrying,
}

/// <summary>State of a download.</summary>
/// <param name="FileName">The file.</param>
/// <param name="Stage">Stage of the download.</param>
/// <param name="Bytes">Bytes there so far, those of earlier attempts included.</param>
/// <param name="TotalBytes">Size of the whole file; null if the server does not say.</param>
/// <param name="Attempt">Number of the attempt, from 1; 0 before the first.</param>
/// <param name="Reason">Why the last attempt failed, when <see cref="DownloadStage.Retrying"/>.</param>
public readonly record struct DownloadProgress(
    string FileName, DownloadStage Stage, long Bytes, long? TotalBytes, int Attempt, string? Reason = null);
