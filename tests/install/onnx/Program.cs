// The same image through ONNX Runtime, whose native library the application's package brings. Built without that package too: the
// error must then say which lines to type.
using RfDetr;

try
{
    using var detector = Detector.Load("demo", engine: new Engine.OnnxRuntime());
    return Expected.Check(detector.Detect(args[0]));
}
catch (RfDetrException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
