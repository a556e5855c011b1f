#:project ../src/RfDetr/RfDetr.csproj
#:project ../src/RfDetr.OnnxRuntime/RfDetr.OnnxRuntime.csproj
#:package Microsoft.ML.OnnxRuntime
#:property PublishAot=false

// Chooses the quickest way to run a model on this machine:  dotnet run -c Release samples/optimize.cs -- IMAGE [MODEL]
using RfDetr;

string image = args.Length > 0 ? args[0] : throw new ArgumentException("give an image");
string model = args.Length > 1 ? args[1] : "demo";

// snippet: optimize
using Detector plain = Detector.Load(model);
using Detector quick = plain.OptimizeForInference();
Console.WriteLine(quick.Optimization!.ToText());
// end

Detections before = plain.Detect(image), after = quick.Detect(image);
Console.WriteLine(
    $"{before.Items.Count} objects in {before.Times.InferenceMs:0.0} ms before, {after.Items.Count} in "
        + $"{after.Times.InferenceMs:0.0} ms after");
