using System.Globalization;

namespace RfDetr.Cli.Reports;

/// <summary>A linear scale from values to pixels with round ticks.</summary>
internal sealed class Axis
{
    private readonly double _from, _to, _pixelFrom, _pixelTo;

    /// <summary>A scale over a range that is widened to the next ticks.</summary>
    public Axis(double least, double most, double pixelFrom, double pixelTo, int ticks = 6)
    {
        if (!(most > least))
            most = least + (least == 0 ? 1 : Math.Abs(least) * 0.1);
        Step = RoundStep((most - least) / ticks);
        (_from, _to) = (Math.Floor(least / Step) * Step, Math.Ceiling(most / Step) * Step);
        (_pixelFrom, _pixelTo) = (pixelFrom, pixelTo);
    }

    public double Step { get; }

    public IEnumerable<double> Ticks => Enumerable.Range(0, (int)Math.Round((_to - _from) / Step) + 1).Select(i => _from + i * Step);

    /// <summary>The pixel of a value; values beyond the range lie on its edge.</summary>
    public double this[double value] => _pixelFrom + (Math.Clamp(value, _from, _to) - _from) / (_to - _from) * (_pixelTo - _pixelFrom);

    /// <summary>A tick's value with as many decimals as the step has.</summary>
    public string Label(double value)
    {
        int decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(Step) - 1e-9), 0, 6);
        return Math.Round(value, decimals).ToString("0." + new string('#', decimals), CultureInfo.InvariantCulture);
    }

    // 1, 2 or 5 times a power of ten.
    private static double RoundStep(double raw)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw))), part = raw / power;
        return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
    }
}
