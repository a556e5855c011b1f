using System.Globalization;
using System.Text.Json;

namespace RfDetr.Cli.Commands;

/// <summary>Where the time of an evaluation went.</summary>
internal sealed class EvalTiming
{
    private int _images;
    private double _decode, _prepare, _run, _post;

    /// <summary>From the first image to the last, in milliseconds; stages of different images overlap in it.</summary>
    public double TotalMs { get; set; }

    public void Add(StageTimes times)
    {
        _images++;
        _decode += times.DecodeMs;
        _prepare += times.PreprocessMs;
        _run += times.InferenceMs;
        _post += times.PostprocessMs;
    }

    public string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"{_images} images in {TotalMs / 1000:0.0} s ({_images * 1000 / Math.Max(TotalMs, 1):0.0} per second); per image: decode {_decode / _images:0.0} ms, pre-process {_prepare / _images:0.0} ms, inference {_run / _images:0.0} ms, post-process {_post / _images:0.0} ms");

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject("time_ms");
        json.WriteNumber("total", Math.Round(TotalMs, 3));
        foreach ((string name, double sum) in (ReadOnlySpan<(string, double)>)[("decode", _decode), ("preprocess", _prepare), ("inference", _run), ("postprocess", _post)])
            json.WriteNumber(name, Math.Round(sum / Math.Max(_images, 1), 3));
        json.WriteEndObject();
    }
}
