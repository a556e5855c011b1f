// The same image through ONNX Runtime, whose native library the application's package brings.
using RfDetr;

using var detector = Detector.Load("demo", engine: new Engine.OnnxRuntime());
return Expected.Check(detector.Detect(args[0]));
