using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Lets a network see the averaged weights in place of its own, for as long as they are to be evaluated.</summary>
internal sealed class Averages
{
    private Dictionary<string, TorchTensor>? _shown;

    /// <summary>The tensor that the network sees of a parameter.</summary>
    public TorchTensor Use(string name, TorchTensor own) => _shown?.GetValueOrDefault(name) ?? own;

    /// <summary>Runs <paramref name="body"/> with the averages in place.</summary>
    public T During<T>(Ema ema, Func<T> body)
    {
        _shown = ema.Averages.ToDictionary(a => a.Name, a => a.Value);
        try
        {
            return body();
        }
        finally
        {
            _shown = null;
        }
    }
}
