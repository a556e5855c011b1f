using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Model;

namespace RfDetr.Training;

/// <summary>What a checkpoint says about its run, in the words of rf-detr's <c>args</c>.</summary>
internal static class RunArgs
{
    /// <summary>The starting point's arguments with this run's options, classes and network over them.</summary>
    public static PlainMap Of(PlainMap before, TrainOptions options, ModelConfig config, ClassMap classes, bool antialias)
    {
        IEnumerable<(object Key, object? Value)> entries = before.Select(e => (e.Key, e.Value))
            .Concat(TrainOption.All.Select(o => ((object)o.Key, Plain(o.Get(options)))))
            .Append(("class_names", classes.Entries.Select(object? (e) => e.Name).ToList()))
            .Append(("resize_antialias", antialias))
            .Append(("encoder", config.EncoderWidth == 768 ? "dinov2_windowed_base" : "dinov2_windowed_small"))
            .Append(("encoder_hidden_size", (long)config.EncoderWidth))
            .Append(("encoder_num_layers", (long)config.EncoderDepth));
        return ConfigArgs.Replace(PlainMap.Of(entries), config);
    }

    /// <summary>The options of the run that wrote a checkpoint; what it does not say keeps its default.</summary>
    public static TrainOptions Options(PlainMap args)
    {
        var options = new TrainOptions();
        foreach (TrainOption option in TrainOption.All)
        {
            string? text = args[option.Key] switch
            {
                null => null,
                bool flag => flag ? "on" : "off",
                List<object?> list => string.Join(',', list),
                var value => Convert.ToString(value, CultureInfo.InvariantCulture),
            };
            if (!string.IsNullOrEmpty(text))
                options = option.With(options, text);
        }

        return options;
    }

    private static object? Plain(object? value) => value switch
    {
        int number => (long)number,
        IReadOnlyList<string> words => words.Select(object? (w) => w).ToList(),
        _ => value,
    };
}
