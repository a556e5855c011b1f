namespace RfDetr.Tests;

/// <summary>Finds the committed golden data of a source checkout.</summary>
internal static class Goldens
{
    /// <summary>The path of a file below <c>tests/goldens</c>.</summary>
    public static string Path(string relative)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "RfDetr.slnx")))
                return System.IO.Path.Combine(at.FullName, "tests", "goldens", relative);
        }

        throw new DirectoryNotFoundException(
            $"No folder above '{AppContext.BaseDirectory}' holds RfDetr.slnx; golden data '{relative}' cannot be found.");
    }
}
