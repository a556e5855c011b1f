namespace RfDetr.Cli.Documents;

/// <summary>Document that <c>variants</c> writes.</summary>
internal sealed record VariantsDocument(IReadOnlyList<VariantDocument> Variants);

/// <summary>One published network.</summary>
internal sealed record VariantDocument(
    string Name, bool Masks, int Resolution, int SizeDivisor, long Parameters, int EncoderWidth, int PatchSize, int NumWindows,
    int DecoderLayers,
    int NumQueries, int NumSelect, string License, string File, string? Note, bool Downloaded);
