using System.Globalization;
using RfDetr.Fuzzing;

// run --minutes N | --inputs N [--only NAME] [--corpus DIR] [--findings DIR]: mutations of the corpus, on all cores; --inputs
// counts for each reader.
// run --kills N [--only NAME] [--program FILE]: signals at N random moments for each verb that writes.
// afl NAME: one input from standard input or shared memory, for afl-fuzz over assemblies that the tool 'sharpfuzz' has
// instrumented.
string Option(string name, string otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;
string only = Option("--only", "");
ReaderTarget[] targets = [.. DataTargets.All, .. CheckpointTargets.All, .. OnnxTarget.All, .. MoreTargets.All];
switch (args)
{
    case ["run", ..] when Option("--kills", "") is { Length: > 0 } moments:
        return KillCampaign.Run(
            [.. KillTarget.All.Where(t => only.Length == 0 || t.Name == only)],
            int.Parse(moments, CultureInfo.InvariantCulture),
            Option("--program", "src/RfDetr.Cli/bin/Release/net10.0/RfDetr.Cli.dll"));
    case ["run", ..]:
        return Campaign.Run(
            [.. targets.Where(t => only.Length == 0 || t.Name == only)],
            double.Parse(Option("--minutes", "1"), CultureInfo.InvariantCulture),
            Option("--inputs", "") is { Length: > 0 } inputs ? long.Parse(inputs, CultureInfo.InvariantCulture) : null,
            Option("--corpus", "fuzz/corpus"), Option("--findings", "out/fuzz"));
    case ["afl", var name] when Array.Find(targets, t => t.Name == name) is { } target:
        SharpFuzz.Fuzzer.OutOfProcess.Run(stream =>
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            _ = target.Try(bytes.ToArray());
        });
        return 0;
    default:
        Console.Error.WriteLine(
            $"usage: run --minutes N | --inputs N [--only NAME]; run --kills N [--only NAME]; afl NAME; readers: "
            + $"{string.Join(", ", targets.Select(t => t.Name))}; verbs: "
            + string.Join(", ", KillTarget.All.Select(t => t.Name)));
        return 2;
}
