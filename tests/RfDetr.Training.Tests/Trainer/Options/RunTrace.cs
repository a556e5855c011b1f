using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Data;
using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>Aspects of a run that an option may change; several may be named where any of them will do.</summary>
[Flags]
internal enum Seen
{
    None = 0,

    /// <summary>The weights after the last step, bit for bit.</summary>
    Weights = 1 << 0,

    /// <summary>The moving average after the last step.</summary>
    Average = 1 << 1,

    /// <summary>Loss and terms of each step.</summary>
    Losses = 1 << 2,

    /// <summary>Learning rate of each step.</summary>
    Rates = 1 << 3,

    /// <summary>Number of steps that were taken.</summary>
    Steps = 1 << 4,

    /// <summary>Number of steps that were reported.</summary>
    Reports = 1 << 5,

    /// <summary>Scores of every evaluation.</summary>
    Scores = 1 << 6,

    /// <summary>Progress within evaluations, which grows batch by batch.</summary>
    EvaluationBatches = 1 << 7,

    /// <summary>Number of complete epochs.</summary>
    Epochs = 1 << 8,

    /// <summary>Names of the files in the run's folder.</summary>
    Files = 1 << 9,

    /// <summary>Steps that found a checkpoint in the folder.</summary>
    SavedAtSteps = 1 << 10,

    /// <summary>The network's configuration in the checkpoint.</summary>
    Network = 1 << 11,

    /// <summary>The resize rule in the checkpoint.</summary>
    ResizeRule = 1 << 12,

    /// <summary>Threads of libtorch.</summary>
    Threads = 1 << 13,

    /// <summary>Options of the loader and of the back end, where the numbers must not differ.</summary>
    Parts = 1 << 14,

    /// <summary>The message of the run's failure.</summary>
    Failure = 1 << 15,

    /// <summary>The content of results.json.</summary>
    Results = 1 << 16,
}

/// <summary>Everything that can be seen of a run from outside, as text and numbers that two runs can be compared by.</summary>
internal sealed class RunTrace : ITrainingLog
{
    private readonly Dictionary<Seen,
    string> _seen = Enum.GetValues<Seen>().Where(s => s != Seen.None).ToDictionary(s => s, _ => "");
    private string _checkpoint = "";

    public List<double> Rates { get; } = [];

    public List<string> Notes { get; } = [];

    public TrainingOutcome? Outcome { get; private set; }

    public string Failure => _seen[Seen.Failure];

    /// <summary>Runs in a folder of its own and keeps what was seen; a failure is seen as well.</summary>
    public static RunTrace Of(TrainOptions options)
    {
        var trace = new RunTrace { _checkpoint = Path.Combine(options.Output.Folder!, "checkpoint.pth") };
        int threads = TorchRuntime.Threads;
        try
        {
            trace.Add(Seen.Parts, TestOptions.Parts(options));
            trace.Outcome = new Training.Trainer(options, trace).Run();
            trace.Read();
        }
        catch (Exception e) when (
            e is ArgumentException or IOException or DataSetFormatException or TrainingDataException or TorchException)
        {
            trace.Add(Seen.Failure, e.Message);
        }
        finally
        {
            trace.Add(Seen.Threads, $"{TorchRuntime.Threads}");
            TorchRuntime.Threads = threads;
        }

        return trace;
    }

    /// <summary>All aspects in which two runs differ.</summary>
    public static Seen Differences(RunTrace a, RunTrace b) =>
        a._seen.Keys.Where(s => a._seen[s] != b._seen[s]).Aggregate(Seen.None, (all, s) => all | s);

    public void Note(string message) => Notes.Add(message);

    public void Warn(string message) => Notes.Add(message);

    public void Step(StepProgress p)
    {
        Rates.Add(p.LearningRate);
        Add(Seen.Rates, Text(p.LearningRate));
        Add(Seen.Losses, Text(p.Loss));
        foreach ((string name, double value) in p.Terms)
            Add(Seen.Losses, name + Text(value));
        Add(Seen.Reports, "+");
        Add(Seen.SavedAtSteps, File.Exists(_checkpoint) ? "1" : "0");
    }

    public void Evaluating(int done, int total) => Add(Seen.EvaluationBatches, $"{done}");

    public void Epoch(EpochProgress p) => Add(Seen.Scores, $"{p.Epoch} {p.Regular} {p.Ema}");

    private void Read()
    {
        string folder = Path.GetDirectoryName(_checkpoint)!;
        Add(Seen.Steps, $"{Outcome!.Steps}");
        Add(Seen.Epochs, $"{Outcome.Epochs} {Outcome.Ended}");
        foreach (string file in Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal))
            Add(Seen.Files, file.Contains("tfevents", StringComparison.Ordinal) ? "tfevents" : file);
        string results = Path.Combine(folder, "results.json");
        if (File.Exists(results))
            Add(Seen.Results, File.ReadAllText(results));
        Add(Seen.Weights, Hash(TinyRun.Weights(_checkpoint)));
        using Checkpoint saved = Checkpoint.Open(_checkpoint);
        Add(Seen.Network, ConfigInference.Explain(saved).Config with { ProjectorLevels = [], OutFeatureIndexes = [] });
        Add(Seen.ResizeRule, saved.Args["resize_antialias"]);
        if (saved.Ema is not null)
            Add(Seen.Average, Hash(TinyRun.Average(_checkpoint)));
    }

    private void Add(Seen what, object? value) => _seen[what] += $"{value};";

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Hash(Dictionary<string, float[]> tensors)
    {
        var hash = new HashCode();
        foreach ((string name, float[] values) in tensors.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            hash.Add(name.Length);
            foreach (float value in values)
                hash.Add(BitConverter.SingleToInt32Bits(value));
        }

        return $"{hash.ToHashCode():x8}";
    }
}
