using System.CommandLine;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr data …</c>: verbs about data sets.</summary>
internal static class DataCommand
{
    public static Command Create()
    {
        var data = new Command("data", "Make data sets.");
        data.Add(DataSynthCommand.Create());
        return data;
    }
}
