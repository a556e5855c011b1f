namespace RfDetr;

/// <summary>Turns names into the per-logit arrays that selection works with. Unnamed logits are never let through.</summary>
internal static class LabelFilter
{
    public static SelectionOptions ToSelection(DetectOptions options, ModelInfo model)
    {
        if (!(options.ScoreThreshold is >= 0 and <= 1))
            throw new ArgumentException(
                Invariant.Text($"the score threshold is {options.ScoreThreshold}, expected 0..1"));
        bool[] allowed = new bool[model.Classes.ClassLogits];
        foreach (ClassEntry entry in model.Classes.Entries)
            allowed[entry.Label] = options.Classes.Count == 0;
        foreach (string name in options.Classes)
            allowed[Label(name, model.Classes)] = true;

        float[] thresholds = [];
        if (options.ClassThresholds.Count > 0)
        {
            thresholds = new float[allowed.Length];
            Array.Fill(thresholds, options.ScoreThreshold);
            foreach ((string name, float threshold) in options.ClassThresholds)
                thresholds[Label(name, model.Classes)] = threshold;
        }

        return new SelectionOptions
        {
            NumSelect = options.NumSelect ?? model.NumSelect,
            ScoreThreshold = options.ScoreThreshold,
            AllowedLabels = allowed,
            ClassThresholds = thresholds,
        };
    }

    private static int Label(string name, ClassMap classes) =>
        classes.Entries.FirstOrDefault(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Label
        ?? throw new ArgumentException(
            $"the model has no class '{name}'; it has {string.Join(", ", classes.Entries.Select(e => e.Name))}");
}
