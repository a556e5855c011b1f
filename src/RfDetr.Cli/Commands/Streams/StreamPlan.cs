using RfDetr.Cli.Framework;
using RfDetr.Streams;
using RfDetr.Video;

namespace RfDetr.Cli.Commands;

/// <summary>Files that a run over a video writes.</summary>
/// <param name="Video">The annotated video; null for none.</param>
/// <param name="Files">Path of result files without their ending.</param>
/// <param name="Formats">Any of mot, csv, json.</param>
/// <param name="Events">File of events, "-" for standard output; null for none.</param>
/// <param name="Draw">How frames are drawn.</param>
/// <param name="Ffmpeg">ffmpeg or its folder; null to look for it.</param>
internal sealed record StreamPlan(
    string? Video, string Files, IReadOnlyList<string> Formats, string? Events, StreamDrawOptions Draw, string? Ffmpeg)
{
    /// <summary>
    /// The plan for an input. Without <paramref name="output"/>, files go to <paramref name="folder"/> under the input's name;
    /// live input is written as a video only where one is named, since it has no end.
    /// </summary>
    public static StreamPlan For(
        CliContext context, VideoSource source, string input, string? output, string folder, bool wantsVideo,
        IReadOnlyList<string> formats, string? events, StreamDrawOptions draw, string? ffmpeg)
    {
        bool camera = input.StartsWith("camera:", StringComparison.OrdinalIgnoreCase);
        string name = source.Info.IsLive || input == "-" || input.Contains("://", StringComparison.Ordinal)
            ? camera ? UniqueNames.Clean(input.Replace(':', '-')) : "stream"
            : Path.GetFileNameWithoutExtension(input);
        bool video = wantsVideo && (output is not null || (!source.Info.IsLive && !context.WantsJson));
        string path = output ?? Path.Combine(folder, name + ".mp4");
        if (video && File.Exists(input) && Path.GetFullPath(path) == Path.GetFullPath(input))
            throw new ArgumentException($"the output '{path}' is the input itself; name another file with --output");
        if (events == CommonOptions.StandardStream && context.JsonPath == CommonOptions.StandardStream)
            throw new ArgumentException("--events - and --json - both ask for standard output; name a file for one of them");
        string stem = Path.Combine(
            Path.GetDirectoryName(path) ?? "", Path.GetFileNameWithoutExtension(path).Replace("%", "", StringComparison.Ordinal));
        return new StreamPlan(video ? path : null, stem, formats, events, draw, ffmpeg);
    }
}
