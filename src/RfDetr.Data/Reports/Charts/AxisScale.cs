using System.Globalization;

namespace RfDetr.Data;

/// <summary>A linear scale from values to the pixels of one axis, with round numbers as ticks.</summary>
internal sealed class AxisScale
{
    private readonly double _from;
    private readonly double _to;
    private readonly double _pixelFrom;
    private readonly double _pixelTo;
    private readonly double _step;

    /// <summary>A scale over a range of values; a range without extent is widened by a tenth on both sides.</summary>
    /// <param name="least">Lower end of the range.</param>
    /// <param name="most">Upper end of the range.</param>
    /// <param name="exact">True: the axis ends where the range does. False: the axis is widened to the next ticks.</param>
    /// <param name="pixelFrom">Pixel of the lower end.</param>
    /// <param name="pixelTo">Pixel of the upper end.</param>
    /// <param name="wantedTicks">About how many intervals between ticks.</param>
    public AxisScale(double least, double most, bool exact, double pixelFrom, double pixelTo, int wantedTicks = 5)
    {
        if (!(most > least))
            (least, most) = (least - Math.Max(Math.Abs(least) * .1, 1e-12), least + Math.Max(Math.Abs(least) * .1, 1e-12));
        double rough = (most - least) / Math.Max(wantedTicks, 1);
        double magnitude = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        _step = magnitude * (rough / magnitude) switch { <= 1.5 => 1, <= 3.5 => 2, <= 7.5 => 5, _ => 10 };
        _from = exact ? least : Math.Floor(least / _step + 1e-9) * _step;
        _to = exact ? most : Math.Ceiling(most / _step - 1e-9) * _step;
        (_pixelFrom, _pixelTo) = (pixelFrom, pixelTo);
    }

    /// <summary>Round values within the axis, from the lower end to the upper one.</summary>
    public IEnumerable<(double Pixel, string Label)> Ticks
    {
        get
        {
            long first = (long)Math.Ceiling(_from / _step - 1e-9), last = (long)Math.Floor(_to / _step + 1e-9);
            for (long i = first; i <= last; i++)
                yield return (ToPixel(i * _step), Format(i * _step));
        }
    }

    /// <summary>The pixel of a value; values beyond the axis lie on its edge.</summary>
    public double ToPixel(double value) =>
        _pixelFrom + (Math.Clamp(value, _from, _to) - _from) / (_to - _from) * (_pixelTo - _pixelFrom);

    /// <summary>A tick's value with as few digits as tell ticks apart.</summary>
    private string Format(double value)
    {
        if (value == 0)
            return "0";
        double largest = Math.Max(Math.Abs(_from), Math.Abs(_to));
        if (largest is >= 1e6 or < 1e-2)
            return value.ToString("0.##e0", CultureInfo.InvariantCulture);
        int digits = Math.Max(0, -(int)Math.Floor(Math.Log10(_step) + 1e-9));
        return value.ToString("F" + digits, CultureInfo.InvariantCulture);
    }
}
