using System.Diagnostics;
using System.Globalization;
using CsCheck;

namespace RfDetr.Fuzzing;

/// <summary>Throws mutations at readers for a while and says what became of them.</summary>
internal static class Campaign
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);

    /// <summary>Runs all readers one after the other.</summary>
    /// <param name="targets">The readers.</param>
    /// <param name="minutes">For all of them together, unless <paramref name="inputs"/> says how many.</param>
    /// <param name="inputs">Inputs for each reader; null for as many as the time allows.</param>
    /// <param name="corpus">Folder of the seeds.</param>
    /// <param name="findings">Folder for inputs that a reader did not bear.</param>
    /// <returns>0 if every reader bore everything, else 1.</returns>
    public static int Run(ReaderTarget[] targets, double minutes, long? inputs, string corpus, string findings)
    {
        int failed = 0;
        Console.WriteLine($"{"reader",-14} {"inputs",12} {"accepted",12} {"refused",12} {"per second",11} {"peak MB",8}");
        foreach (ReaderTarget target in targets.Select(t => t with { Longest = s_longest }))
        {
            (long accepted, long refused) = (0, 0);
            long start = Stopwatch.GetTimestamp();
            try
            {
                Mutations.Of(target, target.Seeds(corpus)).Sample(
                    input =>
                        Interlocked.Increment(
                            ref target.Try(input)
                                ? ref accepted
                                : ref refused),
                    iter: inputs ?? -1,
                    time: inputs is null ? (int)Math.Max(1, 60 * minutes / targets.Length) : -1);
            }
            catch (CsCheckException e)
            {
                failed++;
                Report(target, e, findings);
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            using var self = Process.GetCurrentProcess();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{target.Name,-14} {accepted + refused,12} {accepted,12} {refused,12} {(accepted + refused) / seconds,11:0} "
                + $"{self.PeakWorkingSet64 / 1e6,8:0}"));
        }

        return failed == 0 ? 0 : 1;
    }

    private static void Report(ReaderTarget target, CsCheckException failure, string findings)
    {
        Exception? found = failure;
        while (found is not null and not FuzzFindingException)
            found = found.InnerException;
        if (found is FuzzFindingException { Input: var input })
        {
            Directory.CreateDirectory(findings);
            string file = Path.Combine(
                findings, $"{target.Name}-{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(input))[..12]}");
            File.WriteAllBytes(file, input);
            Console.Error.WriteLine($"{target.Name}: {file}");
        }

        Console.Error.WriteLine((found ?? failure).ToString());
    }
}
