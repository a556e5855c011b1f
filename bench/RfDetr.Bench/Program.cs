using RfDetr.Bench;

// End-to-end measurements, interleaved with their baseline; figures go to bench/results/<machine>.md by hand with what this prints.
string what = args.Length > 0 ? args[0] : "all";
if (what == "tables")
    return TablesBench.Run(args.AsSpan(1));
int rounds = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 30;
string variant = args.Length > 2 ? args[2] : "nano";
int threads = args.Length > 3 && what != "training" ? int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture) : Environment.ProcessorCount;
Console.WriteLine(Machine.Describe());
switch (what)
{
    case "network": NetworkBench.Run(variant, rounds, threads); break;
    case "profile": NetworkBench.Profile(variant, rounds, threads); break;
    case "int8": NetworkBench.RunInt8(variant, rounds, threads); break;
    case "profile-int8": NetworkBench.Profile(variant, rounds, threads, int8: true); break;
    case "pipeline": PipelineBench.Run(rounds); break;
    case "load": LoadBench.Run(Math.Min(rounds, 5)); break;
    case "evaluation": EvaluationBench.Run(Math.Min(rounds, 5)); break;
    case "training": TrainingBench.Run(variant, Math.Min(rounds, 10), args[3]); break;
    case "train-step": TrainStepBench.Run(args.Length > 2 ? args[2] : "nano", Math.Min(rounds, 10)); break;
    case "all":
        NetworkBench.Run("nano", rounds, threads);
        PipelineBench.Run(rounds);
        LoadBench.Run(3);
        EvaluationBench.Run(3);
        break;
    default:
        Console.Error.WriteLine($"unknown benchmark '{what}'; there are network [ROUNDS] [VARIANT] [THREADS], profile [ROUNDS] [VARIANT] [THREADS], int8 and profile-int8 likewise, pipeline [ROUNDS], load [ROUNDS], evaluation [ROUNDS], train-step [ROUNDS] [VARIANT], training ROUNDS VARIANT DATA, tables (see bench/tables.sh), all [ROUNDS]");
        return 2;
}

return 0;
