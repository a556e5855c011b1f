using System.CommandLine;

namespace RfDetr.Cli.Framework;

/// <summary>Options that every verb has.</summary>
internal static class CommonOptions
{
    public const string StandardStream = "-";
    public const string JsonName = "--json";
    public const string VerboseName = "--verbose";
    public const string MaxPixelsName = "--max-pixels";

    public static Option<bool> Verbose() => new(VerboseName, ShortNames.All[VerboseName])
    {
        Description = "With errors, show where they come from (stack trace).",
        Recursive = true,
    };

    /// <summary>Raises or lowers the limit of every image that the verb reads.</summary>
    public static Option<int?> MaxPixels()
    {
        Option<int?> option = OptionsOf.Whole(
            MaxPixelsName, "N", "Refuse images of more pixels, before they take memory (default 50000000).", 1, int.MaxValue / 3);
        option.Recursive = true;
        return option;
    }

    public static Option<string?> Json()
    {
        var option = new Option<string?>(JsonName)
        {
            Description =
                "Write the result as JSON to FILE, or to standard output with '-' or no value; all other output goes to "
                    + "standard error then.",
            HelpName = "FILE|-",
            Arity = ArgumentArity.ZeroOrOne,
            Recursive = true,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count != 1 || result.Tokens[0].Value is not { } path || path == StandardStream)
                return;
            try
            {
                _ = OutputPaths.File(path);
            }
            catch (FormatException e)
            {
                result.AddError($"{JsonName}: '{path}' {e.Message}");
                return;
            }

            if (!File.Exists(path))
                return;

            // "--json a.jpg b.jpg" means two images, not an image to be overwritten.
            string extension = Path.GetExtension(path).ToLowerInvariant();
            if (extension is not ("" or ".json" or ".txt"))
                result.AddError(
                    $"--json '{path}' would overwrite a {extension} file; write '--json -' for standard output, or name "
                        + $"a .json file");
        });
        return option;
    }
}
