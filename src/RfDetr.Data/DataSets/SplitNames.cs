namespace RfDetr.Data;

/// <summary>The many names of the three parts of a data set.</summary>
internal static class SplitNames
{
    /// <summary>
    /// "train2017", "training" → "train"; "val", "val2017", "validation" → "valid"; "test-dev2017" stays what it is but for the
    /// year.
    /// </summary>
    public static string Plain(string name) => name.ToLowerInvariant().TrimEnd("0123456789".ToCharArray()) switch
    {
        "train" or "training" => "train",
        "val" or "valid" or "validation" or "dev" => "valid",
        "test" or "testing" => "test",
        string other => other,
    };

    /// <summary>Order of showing.</summary>
    public static int Rank(string name) => Plain(name) switch { "train" => 0, "valid" => 1, "test" => 2, _ => 3 };
}
