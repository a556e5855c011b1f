using System.Runtime.CompilerServices;

namespace RfDetr.Streams;

/// <summary>Videos through a detector: <c>await foreach (var frame in detector.TrackAsync("clip.mp4")) …</c>.</summary>
public static class DetectorStreams
{
    extension(Detector detector)
    {
        /// <summary>Finds and follows objects in a video file, a stream or a camera, frame by frame.</summary>
        /// <param name="input">A file, <c>rtsp://…</c>, <c>http(s)://…</c>, or <c>camera:0</c>.</param>
        /// <param name="options">Tracker, lines, zones, tiles; null for the default tracker.</param>
        /// <param name="video">What to read of the video; null for everything.</param>
        /// <param name="cancellation">Ends the stream.</param>
        /// <exception cref="ArgumentException">An option is out of range.</exception>
        /// <exception cref="FfmpegMissingException">ffmpeg is not installed.</exception>
        /// <exception cref="VideoException">The input cannot be opened or read.</exception>
        public IAsyncEnumerable<AnalyzedFrame> TrackAsync(
            string input, TrackOptions? options = null, VideoOptions? video = null, CancellationToken cancellation = default)
        {
            ArgumentNullException.ThrowIfNull(detector);
            return OpenAndRunAsync(detector, input, options, video, cancellation);
        }

        /// <summary>Finds and follows objects in a video, and writes it with everything drawn on it.</summary>
        /// <param name="input">A file, <c>rtsp://…</c>, <c>http(s)://…</c>, or <c>camera:0</c>.</param>
        /// <param name="output">The video to write; its ending decides on the format (<see cref="VideoWriter"/>).</param>
        /// <param name="options">Tracker, lines, zones, tiles; null for the default tracker.</param>
        /// <param name="draw">How to draw; null for the defaults.</param>
        /// <param name="cancellation">Ends the work; what was done until then is a whole video.</param>
        /// <returns>Counts and losses.</returns>
        public async Task<StreamSummary> TrackToFileAsync(
            string input, string output, TrackOptions? options = null, StreamDrawOptions? draw = null,
            CancellationToken cancellation = default)
        {
            ArgumentNullException.ThrowIfNull(detector);
            VideoSource source = await VideoSource.OpenAsync(input, null, cancellation).ConfigureAwait(false);
            var analysis = new VideoAnalysis(detector, source, options);
            await using var video = new AnnotatedVideo(analysis, output, draw);
            return await StreamRun.RunAsync(analysis, [video], null, cancellation).ConfigureAwait(false);
        }
    }

    private static async IAsyncEnumerable<AnalyzedFrame> OpenAndRunAsync(
        Detector detector, string input, TrackOptions? options, VideoOptions? video,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        VideoSource source = await VideoSource.OpenAsync(input, video, cancellation).ConfigureAwait(false);
        await foreach (AnalyzedFrame frame in new VideoAnalysis(detector, source, options).RunAsync(cancellation)
            .ConfigureAwait(false))
            yield return frame;
    }
}
