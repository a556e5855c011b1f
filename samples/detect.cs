#:project ../src/RfDetr/RfDetr.csproj
#:property PublishAot=false

// Finds objects in an image:  dotnet run -c Release samples/detect.cs -- IMAGE [MODEL]
using RfDetr;

string image = args.Length > 0 ? args[0] : "samples/images/scene-21-00001.jpg";
string model = args.Length > 1 ? args[1] : "demo";

// snippet: three-lines
using var detector = Detector.Load(model);
Detections found = detector.Detect(image);
foreach (Detection d in found.Items) Console.WriteLine($"{d.ClassName} {d.Score:0.00} at {d.Box.X1:0}, {d.Box.Y1:0}");
// end

Console.WriteLine($"{found.Items.Count} objects in {found.Width}×{found.Height} pixels, {found.Times.TotalMs:0} ms");
