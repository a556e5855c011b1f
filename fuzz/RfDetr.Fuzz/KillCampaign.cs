using System.Diagnostics;

namespace RfDetr.Fuzzing;

/// <summary>Ends the verbs that write at random moments, by each signal, and shows what was left.</summary>
internal static class KillCampaign
{
    /// <summary>Runs the targets one after the other.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="moments">Moments for each target of SIGKILL and of SIGTERM; SIGINT gets a fifth of that.</param>
    /// <param name="program">The command line's assembly.</param>
    /// <returns>0 if nothing was found, else 1.</returns>
    public static int Run(KillTarget[] targets, int moments, string program)
    {
        program = Path.GetFullPath(program);
        string folder = Directory.CreateTempSubdirectory("rfdetr-kills-").FullName;
        int findings = 0;
        KillRounds.Prepare(program, folder);
        Console.WriteLine(
            $"{"verb",-16} {"signal",-6} {"moments",8} {"ended",8} {"unfinished",10} {"resumed",8} {"findings",8} {"seconds",8}");
        foreach (KillTarget target in targets)
        {
            var rounds = new KillRounds(program, folder, target, seed: 1);
            foreach (string signal in (string[])["KILL", "TERM", "INT"])
            {
                long start = Stopwatch.GetTimestamp();
                KillFigures f = rounds.Run(signal, signal == "INT" ? Math.Max(1, moments / 5) : moments, resumeEach: 10);
                findings += f.Findings.Count;
                Console.WriteLine(
                    $"{target.Name,-16} {signal,-6} {f.Moments,8} {f.Ended,8} {f.Unfinished,10} {f.Resumed,8} "
                    + $"{f.Findings.Count,8} {Stopwatch.GetElapsedTime(start).TotalSeconds,8:0}");
                f.Findings.ForEach(Console.Error.WriteLine);
            }
        }

        if (findings == 0)
            Directory.Delete(folder, recursive: true);
        return findings == 0 ? 0 : 1;
    }
}
