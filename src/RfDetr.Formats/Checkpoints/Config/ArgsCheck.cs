namespace RfDetr.Checkpoints;

/// <summary>Compares what the arguments say with what the shapes are. Shapes win; each difference becomes a warning.</summary>
internal static class ArgsCheck
{
    public static void Compare(ArgsReader args, ShapeFacts facts, List<string> warnings)
    {
        void Number(string key, int actual)
        {
            if (args.Int(key) is { } said && said != actual)
                warnings.Add($"the arguments say {key} {said}, the shapes {actual}; {actual} is used");
        }

        Number("patch_size", facts.PatchSize);
        Number("dec_layers", facts.DecoderLayers);
        Number("hidden_dim", facts.HiddenDim);
        Number("num_queries", facts.NumQueries);
        Number("positional_encoding_size", facts.TableSide);
        Number("group_detr", facts.Groups);
        Number("dim_feedforward", facts.FeedForwardDim);
        Number("encoder_hidden_size", facts.EncoderWidth);
        Number("encoder_num_layers", facts.EncoderDepth);

        // Heads of another width would need another network, not another number.
        if (args.Int("encoder_num_heads") is { } heads && heads * 64 != facts.EncoderWidth)
            throw new CheckpointFormatException(
                $"the arguments say encoder_num_heads {heads} for a width of {facts.EncoderWidth}; only heads of 64 are "
                    + $"supported");
        if (args.Bool("segmentation_head") is { } masks && masks != facts.Segmentation)
            warnings.Add(
                $"the arguments say segmentation_head {(masks ? "true" : "false")}, the weights "
                    + $"{(facts.Segmentation ? "have" : "lack")} a mask head; the weights count");
        if (args.Levels("projector_scale") is { } levels && !levels.SequenceEqual(facts.Levels))
            warnings.Add(
                $"the arguments say projector_scale P{string.Join(",P", levels)}, the shapes "
                    + $"P{string.Join(",P", facts.Levels)}; the shapes count");

        // num_classes counts real classes; the head has one row more, or (YOLO data in 1.4.1) as many.
        if (args.Int("num_classes") is { } classes && classes + 1 != facts.ClassLogits && classes != facts.ClassLogits)
            warnings.Add(
                $"the arguments say num_classes {classes}, the class head has {facts.ClassLogits} rows; the head counts");
    }
}
