using System.Globalization;

namespace RfDetr.Bench;

/// <summary>The arguments of <c>tables</c>.</summary>
internal sealed record TableArguments
{
    public const string Usage =
        "tables folder | tables measure NAME --output DIR [--seconds S] [--threads N] [--data DIR] [--split NAME] "
            + "[--images N] | tables render --output DIR";

    /// <summary>folder, measure or render.</summary>
    public string Verb { get; init; } = "";

    public string Model { get; init; } = "";

    public string Output { get; init; } = "";

    /// <summary>Time for loading and measuring together.</summary>
    public double Seconds { get; init; } = 40;

    public int Threads { get; init; } = EnvironmentProbe.PhysicalCores;

    public string? Data { get; init; }

    public string Split { get; init; } = "valid";

    public int Images { get; init; } = 100;

    /// <exception cref="ArgumentException">The arguments are not those of <see cref="Usage"/>.</exception>
    public static TableArguments Parse(ReadOnlySpan<string> args)
    {
        var a = new TableArguments { Verb = args.Length > 0 ? args[0] : "", Output = MachineFolder.Name };
        int next = 1;
        if (a.Verb == "measure" && args.Length > 1)
            a = a with { Model = args[next++] };
        for (; next + 1 < args.Length; next += 2)
        {
            string value = args[next + 1];
            a = args[next] switch
            {
                "--output" => a with { Output = value },
                "--seconds" => a with { Seconds = double.Parse(value, CultureInfo.InvariantCulture) },
                "--threads" => a with { Threads = int.Parse(value, CultureInfo.InvariantCulture) },
                "--data" => a with { Data = value },
                "--split" => a with { Split = value },
                "--images" => a with { Images = int.Parse(value, CultureInfo.InvariantCulture) },
                _ => throw new ArgumentException($"unknown option '{args[next]}'; {Usage}"),
            };
        }

        bool right = next == args.Length
            && a.Verb is "folder" or "measure" or "render" && (a.Verb != "measure" || a.Model.Length > 0);
        return right ? a : throw new ArgumentException($"wrong arguments; {Usage}");
    }
}
