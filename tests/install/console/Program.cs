// The first lines of a user's program, from the package. Run as they are, as a single file, trimmed and compiled ahead
// (NativeAOT), in a folder with an image of that name.
using RfDetr;

// snippet: first
using var detector = Detector.Load("demo");
Detections found = detector.Detect("image.jpg");
foreach (Detection d in found.Items) Console.WriteLine($"{d.ClassName} {d.Score:0.00} at {d.Box.X1:0}, {d.Box.Y1:0}");
// end
return Expected.Check(found);
