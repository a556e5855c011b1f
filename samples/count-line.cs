#:project ../src/RfDetr.Streams/RfDetr.Streams.csproj
#:property PublishAot=false

// Who crosses the middle of the picture, and when:  dotnet run -c Release samples/count-line.cs -- VIDEO
using RfDetr;
using RfDetr.Streams;
using RfDetr.Tracking;

string input = args.Length > 0 ? args[0] : "clip.mp4";

// snippet: count
using Detector detector = Detector.Load("demo");
var options = new TrackOptions { Lines = [new CountingLine("middle", 160, 0, 160, 240)] };
await foreach (AnalyzedFrame frame in detector.TrackAsync(input, options))
    foreach (LineCrossedEvent crossed in frame.Events.OfType<LineCrossedEvent>())
        Console.WriteLine($"{crossed.Time}: object {crossed.TrackId} went {crossed.Direction}");
// end
