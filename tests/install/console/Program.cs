// Three lines of the README, from the package. Run as it is, as a single file, trimmed and compiled ahead (NativeAOT).
using RfDetr;

using var detector = Detector.Load("demo");
Detections found = detector.Detect(args[0]);
return Expected.Check(found);
