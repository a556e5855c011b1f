#:project ../src/RfDetr/RfDetr.csproj
#:property PublishAot=false

// Goes through a folder lazily, four images at a time:  dotnet run -c Release samples/batch-async.cs -- FOLDER [MODEL]
using RfDetr;

string folder = args.Length > 0 ? args[0] : "samples/images";
string model = args.Length > 1 ? args[1] : "demo";

// snippet: stream
using Detector detector = await Detector.LoadAsync(model);
var options = new DetectOptions { ScoreThreshold = 0.3f };
using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
IEnumerable<string> images = Directory.EnumerateFiles(folder, "*.jpg");

await foreach ((string path, Detections found) in detector.DetectManyAsync(images, options, batch: 4, patience.Token))
    Console.WriteLine($"{Path.GetFileName(path)}: {found.Items.Count} objects, {found.Times.InferenceMs:0} ms");
// end
