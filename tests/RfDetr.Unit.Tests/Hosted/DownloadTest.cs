using System.Collections.Concurrent;
using System.Security.Cryptography;
using RfDetr.Checkpoints;

namespace RfDetr.Tests.Hosted;

/// <summary>A folder of its own for each test, a small file to serve, and a download that never really waits.</summary>
public abstract class DownloadTest : IDisposable
{
    protected static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7 + i / 251))];
    protected static readonly byte[] Newer = [.. Content.Select(b => (byte)(b ^ 1))];

    protected string Folder { get; } = Directory.CreateTempSubdirectory("rfdetr-weights-").FullName;

    protected ConcurrentQueue<DownloadProgress> Reports { get; } = new();

    protected List<TimeSpan> Waits { get; } = [];

    protected string Target => Path.Combine(Folder, "rf-detr-nano.pth");

    protected string Part => Target + ".part";

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static HostedFile Hosted { get; } =
        new("rf-detr-nano.pth", "nano_coco/best.pth", Md5(Content), "nano", WeightsLicense.Apache);

    protected static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    private protected async Task<string> Download(
        ScriptedServer? server, Func<DownloadOptions, DownloadOptions>? change = null, HostedFile? file = null,
        CancellationToken cancellation = default)
    {
        DownloadOptions options = new()
        {
            Folder = Folder,
            BaseAddress = server?.Address,
            StallTimeout = TimeSpan.FromSeconds(20),
            Wait = (time, _) =>
            {
                Waits.Add(time);
                return Task.CompletedTask;
            },
        };
        return await new WeightsDownloader().DownloadAsync(
            file ?? Hosted, change?.Invoke(options) ?? options, new Collector(Reports), cancellation);
    }

    /// <summary>Unlike <see cref="Progress{T}"/> it reports at once, in order.</summary>
    private sealed class Collector(ConcurrentQueue<DownloadProgress> into) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => into.Enqueue(value);
    }
}
