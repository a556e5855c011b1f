using System.Diagnostics;

namespace RfDetr.Jobs.Tests;

/// <summary>Workers as processes that are killed, asked to end, and start again.</summary>
public class ProcessTests
{
    private static Process Start(params string[] args) => Process.Start(new ProcessStartInfo(
        "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "RfDetr.Cli.dll"), .. args])
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;

    private static async Task<(int Code, string Error)> EndAsync(Process process)
    {
        Task<string> error = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await output;
        return (process.ExitCode, await error);
    }

    [Fact]
    [Trait("Duration", "Long")]
    public async Task A_worker_that_is_killed_at_random_moments_loses_nothing()
    {
        using var test = new TestJob(60);
        test.AddBroken("50.jpg");
        _ = await test.SubmitAsync(shardSize: 4, output: test["undisturbed"]);
        await TestJob.RunAsync(test["undisturbed"]);
        _ = await test.SubmitAsync(shardSize: 4);
        var random = new Random(11);
        int kills = 0;
        while (kills < 6)
        {
            using Process worker = Start("jobs", "work", test.Output);
            int before = TestJob.Rows(test.Output).Count, wanted = random.Next(0, 3), wait = random.Next(0, 60);
            while (!worker.HasExited && TestJob.Rows(test.Output).Count < before + wanted)
                await Task.Delay(5);
            await Task.Delay(wait);
            if (worker.HasExited)
                break;
            worker.Kill();
            await EndAsync(worker);
            kills++;
        }

        kills.ShouldBeGreaterThan(2);
        (int code, string error) = await EndAsync(Start("jobs", "work", test.Output));

        code.ShouldBe(0, error);
        TestJob.Rows(test.Output).ShouldBe(TestJob.Rows(test["undisturbed"]));
        List<RowDocument> rows = await TestJob.DocumentsAsync(test.Output);
        rows.Select(r => r.Id).Distinct().Count().ShouldBe(61);
        rows.Count.ShouldBe(61);
        rows.Count(r => r.Error is not null).ShouldBe(1);
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task Sigterm_ends_a_worker_within_its_grace_and_it_goes_on_later()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGTERM");
        using var test = new TestJob(60);
        _ = await test.SubmitAsync(shardSize: 4);
        using Process worker = Start("jobs", "work", test.Output);
        while (!worker.HasExited && TestJob.Rows(test.Output).Count < 1)
            await Task.Delay(5);
        using (Process kill = Process.Start("kill", ["-TERM", $"{worker.Id}"]))
            await kill.WaitForExitAsync();

        (int code, string error) = await EndAsync(worker);

        code.ShouldBe(143, error);
        error.ShouldContain("nothing is lost");
        TestJob.Files(Path.Combine(test.Output, "attempts")).ShouldBeEmpty();
        TestJob.Rows(test.Output).Count.ShouldBeInRange(1, 14);
        (code, error) = await EndAsync(Start("jobs", "work", test.Output));
        code.ShouldBe(0, error);
        TestJob.Rows(test.Output).Count.ShouldBe(15);
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task A_full_disk_is_one_line_and_the_work_goes_on_when_there_is_room()
    {
        using var test = new TestJob(12);
        using var disk = SmallDisk.Of(400);
        string output = Path.Combine(disk.Path, "out");
        _ = await test.SubmitAsync(shardSize: 4, output: output);
        disk.Fill();

        (int code, string error) = await EndAsync(Start("jobs", "work", output));

        code.ShouldBe(1, error);
        error.ShouldContain("no space left");
        error.Split('\n').Count(l => l.StartsWith("error: ", StringComparison.Ordinal)).ShouldBe(1, error);
        TestJob.Rows(output).ShouldBeEmpty();
        disk.Free();
        (code, error) = await EndAsync(Start("jobs", "work", output));
        code.ShouldBe(0, error);
        TestJob.Rows(output).Count.ShouldBe(3);
    }
}
