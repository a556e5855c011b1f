#:project ../src/RfDetr/RfDetr.csproj
#:property PublishAot=false

// Bytes in, results and an annotated image out:  dotnet run -c Release samples/library.cs -- IMAGE [FOLDER]
using RfDetr;

string path = args.Length > 0 ? args[0] : "samples/images/scene-21-00001.jpg";
string folder = args.Length > 1 ? args[1] : "out/library";
Directory.CreateDirectory(folder);

// snippet: load
var meaning = new ModelOptions { NumSelect = 100 };
var engine = new Engine.Cpu { Threads = 1 };
using Detector detector = Detector.Load("demo", meaning, engine);
// end

// snippet: bytes
byte[] bytes = await File.ReadAllBytesAsync(path);
Detections found = await detector.DetectAsync(bytes, new DetectOptions { ScoreThreshold = 0.4f });
// end

// snippet: frame
using Image image = Image.Load(path);
Detections left = detector.Detect(image.Frame, new DetectOptions { Roi = new PixelRect(0, 0, image.Width / 2, image.Height) });
// end

// snippet: draw
using Image annotated = found.Draw(image);
annotated.Save(Path.Combine(folder, "annotated.jpg"));
found.Save(Path.Combine(folder, "found.json"));
// end

Console.WriteLine($"{found.Items.Count} objects, {left.Items.Count} in the left half; see {folder}");
