#:project ../src/RfDetr.Streams/RfDetr.Streams.csproj
#:property PublishAot=false

// Objects with ids from a video file, and an annotated video:  dotnet run -c Release samples/track-file.cs -- VIDEO [OUTPUT]
using RfDetr;
using RfDetr.Streams;

string input = args.Length > 0 ? args[0] : "clip.mp4";
string output = args.Length > 1 ? args[1] : "out/tracked.mp4";

// snippet: frames
using Detector detector = Detector.Load("demo");
await foreach (AnalyzedFrame frame in detector.TrackAsync(input))
    Console.WriteLine($"{frame.Time}: {string.Join(", ", frame.Objects.Select(o => $"{o.Detection.ClassName} {o.TrackId}"))}");
// end

// snippet: file
StreamSummary summary = await detector.TrackToFileAsync(input, output);
Console.WriteLine($"{summary.Frames} frames, {summary.Objects.Values.Sum()} objects; see {output}");
// end
