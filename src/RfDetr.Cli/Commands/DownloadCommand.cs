using System.CommandLine;
using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr download NAME…</c>: fetches published weights into the cache folder.</summary>
internal sealed class DownloadCommand
{
    private readonly Argument<string[]> _names = new("NAME")
    {
        Description = "Variants (nano, small, …, seg-2xlarge; see 'rfdetr variants') or names of published files.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _force = OptionsOf.Flag("--force", "Fetch again and replace the file that is there.");
    private readonly Option<bool> _offline = OptionsOf.Flag("--offline", "Only check what is there; never use the network.");
    private readonly Option<bool> _accept =
        OptionsOf.Flag("--accept-license", "You have read and accept the license of weights that ask for it (PML-1.0).");
    private readonly Option<string?> _proxy =
        OptionsOf.Text("--proxy", "URL", "Proxy; otherwise HTTPS_PROXY, HTTP_PROXY and NO_PROXY count.");

    private sealed record Fetched(HostedFile File, string Path, long Bytes);

    public static Command Create()
    {
        var c = new DownloadCommand();
        return new Verb(
            "download",
            "Fetch published weights (resumes, checks the digest); the cache folder is $RFDETR_HOME/weights or "
                + "~/.rfdetr/weights.",
            c.RunAsync, c._names, c._force, c._offline, c._accept, c._proxy);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        var options = new DownloadOptions
        {
            Force = context.Get(_force),
            Offline = context.Get(_offline),
            AcceptLicense = context.Get(_accept),
            Proxy = context.Get(_proxy) is { } proxy ? ParseProxy(proxy) : null,
        };
        HostedFile[] files = [.. context.Get(_names).Select(HostedWeights.Find).Distinct()];
        var fetched = new List<Fetched>();
        foreach (HostedFile file in files)
        {
            string path = await FetchAsync(context, file, options).ConfigureAwait(false);
            var result = new Fetched(file, path, new FileInfo(path).Length);
            fetched.Add(result);
            context.Human.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"{file.FileName}  {result.Bytes / 1e6:0.0} MB  [gray]{path}[/]");
            if (file.Note is not null)
                context.Human.MarkupLineInterpolated($"  [gray]{file.Note}[/]");
        }

        context.WriteJson(
            CliJson.Default.DownloadDocument,
            () => new DownloadDocument(
            [
                .. fetched.Select(f => new DownloadedFileDocument(
                    f.File.FileName, f.File.Variant, f.Path, f.Bytes, f.File.Md5, f.File.License.Id)),
            ]));
        if (!context.WantsJson)
            context.Human.WriteLine($"Try it: rfdetr detect IMAGE --model {files[0].Variant}");
        return ExitCodes.Done;
    }

    private static Task<string> FetchAsync(CliContext context, HostedFile file, DownloadOptions options) =>
        context.WithProgressAsync(
        file.FileName,
        bar =>
        {
            var stage = new StageNotes(context, bar);
            return new WeightsDownloader().DownloadAsync(file, options, stage, context.Cancellation);
        },
        bytes: true);

    private static Uri ParseProxy(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? proxy) && proxy.Scheme is "http" or "https" or "socks5"
        ? proxy
        : throw new ArgumentException($"--proxy '{text}' is no address such as http://proxy:3128");

    /// <summary>
    /// Shows the bar; says once what happens where there is none. Called in order, on the downloader's own threads.
    /// </summary>
    private sealed class StageNotes(CliContext context, IProgressBar bar) : IProgress<DownloadProgress>
    {
        private DownloadStage? _last;

        public void Report(DownloadProgress value)
        {
            string? note = value switch
            {
                { Stage: DownloadStage.Verifying } => "checking the file that is there",
                { Stage: DownloadStage.WaitingForOther } => "another process is fetching it",
                { Stage: DownloadStage.Retrying } => $"trying again ({value.Reason})",
                { Attempt: > 1 } => $"attempt {value.Attempt}, going on",
                _ => null,
            };
            bar.Report(value.Bytes, value.TotalBytes, note);
            if (!bar.IsVisible && value.Stage != _last && value.Stage != DownloadStage.Verifying)
                Announce(value, note);
            _last = value.Stage;
        }

        private void Announce(DownloadProgress value, string? note)
        {
            string resumed = value is { Stage: DownloadStage.Downloading, Bytes: > 0 }
                ? string.Create(CultureInfo.InvariantCulture, $", {value.Bytes / 1e6:0.0} MB are there already") : "";
            context.Error.WriteLine($"{value.FileName}: {note ?? "downloading"}{resumed}");
        }
    }
}
