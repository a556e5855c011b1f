namespace RfDetr.Bench;

/// <summary>A 1280×720 JPEG through a nano-sized detector: each stage's time and what an image allocates.</summary>
internal static class PipelineBench
{
    public static void Run(int rounds)
    {
        byte[] jpeg = Jpeg(1280, 720);
        using var checkpoint = FormulaCheckpoint.Write("nano");
        using Detector detector = Detector.Load(checkpoint.Path);
        var options = new DetectOptions { ScoreThreshold = 0.5f };
        Samples decode = new("decode (JPEG 1280×720)"), pre = new("pre-process"), run = new("inference"),
        post = new("post-process");
        for (int i = 0; i < 3; i++)
            _ = detector.Detect(jpeg, options);
        using Image image = Image.Decode(jpeg);
        int objects = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < rounds; i++)
        {
            Detections found = detector.Detect(image, options);
            objects = found.Items.Count;
            pre.Add(found.Times.PreprocessMs);
            run.Add(found.Times.InferenceMs);
            post.Add(found.Times.PostprocessMs);
        }

        long perImage = (GC.GetAllocatedBytesForCurrentThread() - before) / rounds;
        for (int i = 0; i < rounds; i++)
            decode.Add(detector.Detect(jpeg, options).Times.DecodeMs);

        Console.WriteLine($"\npipeline: nano at 384², 1280×720 image, {objects} boxes, {rounds} rounds");
        foreach (Samples samples in new[] { decode, pre, run, post })
            Console.WriteLine(samples);
        Console.WriteLine(
            $"pre- plus post-processing: {100 * (pre.Median + post.Median) / run.Median:F2} % of the run; {perImage:N0} "
                + $"bytes of managed memory per image");
    }

    private static byte[] Jpeg(int width, int height)
    {
        Scene scene = new SceneGenerator().Render(seed: 1, index: 0, width, height);
        return new PixelFrame(scene.Rgb, width, height, 0, PixelFormat.Rgb24).Encode(ImageFormat.Jpeg);
    }
}
