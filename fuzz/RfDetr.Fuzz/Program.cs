using RfDetr.Fuzzing;

// run --minutes N [--only NAME] [--corpus DIR] [--findings DIR]: mutations of the corpus, on all cores.
// afl NAME: one input from standard input or shared memory, for afl-fuzz over assemblies that the tool 'sharpfuzz' has
// instrumented.
string Option(string name, string otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;
ReaderTarget[] targets = [.. DataTargets.All, .. CheckpointTargets.All, .. MoreTargets.All];
switch (args)
{
    case ["run", ..]:
        string only = Option("--only", "");
        return Campaign.Run(
            [.. targets.Where(t => only.Length == 0 || t.Name == only)], double.Parse(
                Option("--minutes", "1"), System.Globalization.CultureInfo.InvariantCulture),
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
            $"usage: run --minutes N [--only NAME] | afl NAME; names: {string.Join(", ", targets.Select(t => t.Name))}");
        return 2;
}
