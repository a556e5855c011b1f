// The same image through ONNX Runtime, whose native library the application's package brings.
using RfDetr;

using var detector = Detector.Load("demo", new DetectorOptions { Engine = EngineKind.OnnxRuntime });
return Expected.Check(detector.Detect(args[0]));
