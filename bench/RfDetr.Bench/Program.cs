using RfDetr.Bench;

// End-to-end measurements, interleaved with their baseline; figures go to bench/results/<machine>.md by hand with what this
// prints.
string what = args.Length > 0 ? args[0] : "all";
if (what == "tables")
    return TablesBench.Run(args.AsSpan(1));
int rounds = args.Length > 1 && what is not ("serve" or "soak" or "jobs-workers" or "jobs-scale")
    ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture)
    : 30;
string variant = args.Length > 2 ? args[2] : "nano";
Console.WriteLine(Machine.Describe());
switch (what)
{
    case "network": NetworkBench.Run(variant, rounds, Threads()); break;
    case "profile": NetworkBench.Profile(variant, rounds, Threads()); break;
    case "int8": NetworkBench.RunInt8(variant, rounds, Threads()); break;
    case "profile-int8":
        NetworkBench.Profile(variant, rounds, Threads(), int8Bits: 8);
        NetworkBench.Profile(variant, rounds, Threads(), int8Bits: 7);
        break;
    case "pipeline": PipelineBench.Run(rounds); break;
    case "stream": StreamBench.Run(rounds, variant); break;
    case "load": LoadBench.Run(Math.Min(rounds, 5)); break;
    case "serve" when args.Length >= 3:
        await ServeBench.RunAsync(args[1], args[2], Number(3, 20), (int)Number(4, 2), (int)Number(5, 2000));
        break;
    case "jobs": JobsBench.Run(Math.Min(rounds, 15), args.Length > 2 ? variant : "demo", (int)Number(3, 512)); break;
    case "jobs-workers" when args.Length >= 2:
        JobsBench.RunWorkers(args[1], (int)Number(2, 3), (int)Number(3, 800), args.Length > 4 ? args[4] : "demo");
        break;
    case "jobs-scale" when args.Length >= 2:
        await JobsScaleBench.RunAsync(args[1], (int)Number(2, 39_063), (int)Number(3, 5), args.Length > 4 ? args[4] : null);
        break;
    case "soak" when args.Length >= 3:
        return await SoakBench.RunAsync(args[1], args[2].Split(','), Number(3, 300), (int)Number(4, 128), (int)Number(5, 20))
            ? 0
            : 1;
    case "evaluation": EvaluationBench.Run(Math.Min(rounds, 5)); break;
    case "tracking": TrackingBench.Run(Math.Min(rounds, 9)); break;
    case "tracking-clips": TrackingClipsBench.Run(Math.Clamp(rounds, 1, 30)); break;
    case "video": VideoBench.Run(Math.Min(rounds, 9), args.Length > 2 ? variant : "demo", (float)Number(3, 0.5)); break;
    case "training" when args.Length == 4: TrainingBench.Run(variant, Math.Min(rounds, 10), args[3]); break;
    case "train-step": TrainStepBench.Run(variant, Math.Min(rounds, 10)); break;
    case "all":
        NetworkBench.Run("nano", rounds, Threads());
        PipelineBench.Run(rounds);
        LoadBench.Run(3);
        EvaluationBench.Run(3);
        break;
    default:
        Console.Error.WriteLine(
            $"no benchmark '{string.Join(' ', args)}'; there are network [ROUNDS] [VARIANT] [THREADS], profile [ROUNDS] "
                + $"[VARIANT] [THREADS], int8 and profile-int8 likewise, pipeline [ROUNDS], stream [ROUNDS] [MODEL], "
                + $"jobs [ROUNDS] [MODEL] [IMAGES], jobs-workers PROGRAM [ROUNDS] [IMAGES] [MODEL], "
                + $"jobs-scale PROGRAM [SHARDS] [ROUNDS] [DATABASE], "
                + $"load [ROUNDS], evaluation [ROUNDS], tracking [ROUNDS], tracking-clips [CLIPS], "
                + $"video [ROUNDS], train-step [ROUNDS] [VARIANT], training ROUNDS VARIANT DATA, serve "
                + $"PROGRAM IMAGE [SECONDS] [ROUNDS] [DEADLINE_MS], "
                + $"soak PROGRAM IMAGE,… [SECONDS] [CALLERS] [RELOADS], tables (see "
                + $"bench/tables.sh), all [ROUNDS]");
        return 2;
}

return 0;

int Threads() =>
    args.Length > 3 ? int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture) : Environment.ProcessorCount;

double Number(int at, double otherwise) =>
    args.Length > at ? double.Parse(args[at], System.Globalization.CultureInfo.InvariantCulture) : otherwise;
