using System.CommandLine;
using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Commands;

/// <summary>Options that say how a checkpoint is to be read; the same words in every verb that opens one.</summary>
internal sealed class CheckpointArguments
{
    private readonly Option<bool> _ema = OptionsOf.Flag("--ema", "Take the averaged (EMA) weights if the file has both.");
    private readonly Option<string[]> _names =
        OptionsOf.Names("--class-names", "A,B,…", "Names of the classes, where the file has none.");
    private readonly Option<int?> _offset =
        OptionsOf.Whole("--class-offset", "N", "Logit index of the first class name (0 or 1).", 0, 100_000);
    private readonly Option<string?> _variant =
        OptionsOf.Text("--variant", "NAME", "The variant the checkpoint must be; else found from its shapes.");
    private readonly Option<bool> _license =
        OptionsOf.Flag("--accept-license", "Accept the license of weights that ask for it (xlarge, 2xlarge: PML-1.0).");

    /// <summary>For the verb's list of options.</summary>
    public Symbol[] Symbols => [_ema, _names, _offset, _variant, _license];

    public ModelOptions Read(CliContext context) => new()
    {
        Weights = context.Get(_ema) ? WeightSet.Averaged : WeightSet.Regular,
        ClassNames = context.Get(_names) is { Length: > 0 } names ? names : null,
        ClassOffset = context.Get(_offset),
        Variant = context.Get(_variant),
        AcceptLicense = context.Get(_license),
    };
}
