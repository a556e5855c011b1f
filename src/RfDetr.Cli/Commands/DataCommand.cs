using System.CommandLine;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr data …</c>: verbs about data sets.</summary>
internal static class DataCommand
{
    public static Command Create()
    {
        var data = new Command("data", "Make, examine and convert data sets.");
        data.Add(DataSynthCommand.Create());
        data.Add(DataDoctorCommand.Create());
        data.Add(DataStatsCommand.Create());
        data.Add(DataConvertCommand.Create());
        return data;
    }
}
