using System.CommandLine;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr jobs …</c>: images without end, on as many machines as there are.</summary>
internal static class JobsCommand
{
    public static Command Create()
    {
        var jobs = new Command(
            "jobs",
            "Go through any number of images, on one machine or on many: resumable, each image exactly one row, each row "
            + "naming its model.");
        jobs.Add(JobsRunCommand.Create());
        jobs.Add(JobsSubmitCommand.Create());
        jobs.Add(JobsWorkCommand.Create());
        jobs.Add(JobsStatusCommand.Create());
        jobs.Add(JobsEventsCommand.Create());
        jobs.Add(JobsRepairCommand.Create());
        jobs.Add(JobsReportCommand.Create());
        return jobs;
    }
}
