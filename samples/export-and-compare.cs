#:project ../src/RfDetr/RfDetr.csproj
#:project ../src/RfDetr.OnnxRuntime/RfDetr.OnnxRuntime.csproj
#:project ../src/RfDetr.Tools/RfDetr.Tools.csproj
#:package Microsoft.ML.OnnxRuntime
#:property PublishAot=false

// Exports a checkpoint and compares what the two find:  dotnet run -c Release samples/export-and-compare.cs -- IMAGE [MODEL]
using RfDetr;
using RfDetr.Tools;

string image = args.Length > 0 ? args[0] : "samples/images/scene-21-00001.jpg";
string model = args.Length > 1 ? args[1] : "demo";
string onnx = Path.Combine(Path.GetTempPath(), $"rfdetr-sample-{Environment.ProcessId}.onnx");

// snippet: compare
_ = Exporter.Export(model, onnx, new ExportRequest { Batch = 1 });
using Detector original = Detector.Load(model), exported = Detector.Load(onnx);

var everything = new DetectOptions { ScoreThreshold = 0 };
IReadOnlyList<Detection> a = original.Detect(image, everything).Items, b = exported.Detect(image, everything).Items;
double worst = a.Zip(b, (x, y) => Math.Abs(x.Score - y.Score)).DefaultIfEmpty().Max();
Console.WriteLine($"{a.Count} and {b.Count} detections; scores differ by at most {worst:0.0e+0}");
// end

File.Delete(onnx);
return a.Count == b.Count && worst < 1e-3 ? 0 : 1;
