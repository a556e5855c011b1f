using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Model;

namespace RfDetr.Training;

/// <summary>Statements of a checkpoint about its run, in the words of rf-detr's <c>args</c>.</summary>
internal static class RunArgs
{
    /// <summary>The starting point's arguments with this run's options, classes and network over them.</summary>
    public static PlainMap Of(PlainMap before, TrainOptions options, ModelConfig config, ClassMap classes, bool antialias)
    {
        IEnumerable<(object Key, object? Value)> entries = before.Select(e => (e.Key, e.Value))
            .Concat(TrainOptions.Table.All.Select(o => ((object)o.Key, o.Plain(options))))
            .Append(("class_names", classes.Entries.Select(object? (e) => e.Name).ToList()))
            .Append(("resize_antialias", antialias))
            .Append(("encoder", config.EncoderWidth == 768 ? "dinov2_windowed_base" : "dinov2_windowed_small"))
            .Append(("encoder_hidden_size", (long)config.EncoderWidth))
            .Append(("encoder_num_layers", (long)config.EncoderDepth));
        return ConfigArgs.Replace(PlainMap.Of(entries), config);
    }

    /// <summary>The options of the run that wrote a checkpoint; options that it does not name keep their defaults.</summary>
    /// <exception cref="CheckpointFormatException">A stored value is none that the option can have.</exception>
    public static TrainOptions Options(PlainMap args, string fileName)
    {
        var options = new TrainOptions();
        foreach (OptionEntry<TrainOptions> option in TrainOptions.Table.All)
        {
            string? text = args[option.Key] switch
            {
                null => null,
                bool flag => flag ? "on" : "off",
                List<object?> list => string.Join(',', list),
                var value => Convert.ToString(value, CultureInfo.InvariantCulture),
            };
            if (string.IsNullOrEmpty(text))
                continue;
            try
            {
                options = option.With(options, text);
            }
            catch (FormatException e)
            {
                throw new CheckpointFormatException($"{fileName}: {option.Key} '{text}' {e.Message}", e);
            }
        }

        return options;
    }
}
