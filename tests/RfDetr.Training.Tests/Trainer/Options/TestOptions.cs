using RfDetr.Data;
using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>The keys of all options, and what the parts of a run are given.</summary>
internal static class TestOptions
{
    public static IEnumerable<string> Keys => TrainOptions.Table.All.Select(o => o.Key);

    /// <summary>Options that the loader and the back end are given; empty where the run would be refused.</summary>
    public static string Parts(TrainOptions options)
    {
        try
        {
            using RunSetup setup = RunSetup.Open(options, StartingPoint.Open(options), SilentLog.Instance);
            return $"{LoaderOptions.Of(setup, Ranks.Alone)} {TrainingSession.Backend(options, Device.Cpu)}";
        }
        catch (Exception e) when (e is ArgumentException or IOException or DataSetFormatException)
        {
            return "";
        }
    }
}
