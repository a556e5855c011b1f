namespace RfDetr;

/// <summary>
/// Loads candidates as detectors of one model. The unoptimized detector, which is there already, is used as it is.
/// </summary>
internal sealed class DetectorContenders(Detector reference, EngineChoice referenceChoice, IReadOnlyList<Image> probes)
    : IContenderSource
{
    public IContender Open(EngineChoice choice, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return choice == referenceChoice
            ? new Contender(reference, choice, probes, owns: false)
            : new Contender(reference.WithEngine(choice.ToEngine(reference.Engine)), choice, probes, owns: true);
    }

    /// <summary>A detector that is measured.</summary>
    internal sealed class Contender(Detector detector, EngineChoice choice, IReadOnlyList<Image> probes, bool owns) : IContender
    {
        // Everything the network selects is compared; a threshold would hide objects just below it.
        private static readonly DetectOptions s_everything = new() { ScoreThreshold = 0 };

        // ONNX Runtime's spinning workers give up after some milliseconds without work; until then they would slow the other one
        // down.
        private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(20);

        private Image[] _images = [];
        private int _next;

        public Detector Detector => detector;

        public IReadOnlyList<Detections> Look(int batch, CancellationToken cancellationToken) =>
            [
                .. probes.Chunk(batch).SelectMany(some =>
                    detector.Detect(Filled(some, batch), batch, s_everything, cancellationToken).Take(some.Length))
            ];

        public void Call(int batch, CancellationToken cancellationToken)
        {
            if (_images.Length != batch)
                _images = new Image[batch];
            for (int i = 0; i < batch; i++)
                _images[i] = probes[_next++ % probes.Count];
            _ = detector.Detect(_images, batch, DetectOptions.Default, cancellationToken);
        }

        public void Settle()
        {
            if (choice.Spinning)
                Thread.Sleep(s_rest);
        }

        public void Dispose()
        {
            if (owns)
                detector.Dispose();
        }

        // The batch that is asked for is the one that is tested (and made ready), even where there are fewer images.
        private Image[] Filled(Image[] some, int batch) =>
            [.. some, .. Enumerable.Range(0, batch - some.Length).Select(i => probes[i % probes.Count])];
    }
}
