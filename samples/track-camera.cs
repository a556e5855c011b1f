#:project ../src/RfDetr.Streams/RfDetr.Streams.csproj
#:property PublishAot=false

// The newest frame of a camera or an RTSP stream, whenever the network is free, for a while:
//   dotnet run -c Release samples/track-camera.cs -- camera:0|rtsp://…|FILE [SECONDS]
using System.Globalization;
using RfDetr;
using RfDetr.Streams;

string input = args.Length > 0 ? args[0] : "camera:0";
double seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 10;

// snippet: camera
using Detector detector = Detector.Load("demo");
await foreach (AnalyzedFrame frame in detector.TrackAsync(input, new TrackOptions { Duration = TimeSpan.FromSeconds(seconds) }))
    Console.WriteLine($"{frame.Objects.Count} objects, {frame.Age.TotalMilliseconds:0} ms old, {frame.Dropped} frames left out");
// end
