using System.Globalization;
using System.Text;

namespace RfDetr.Bench;

/// <summary>Folder for the results of this machine, named after what determines speed.</summary>
internal static class MachineFolder
{
    public static string Name
    {
        get
        {
            BenchmarkEnvironment machine = EnvironmentProbe.Look("", Engine.Auto);
            string widest = machine.InstructionSets.Contains("AVX-512F")
                ? "avx512"
                : machine.InstructionSets.Contains("AVX2")
                ? "avx2"
                : machine.Architecture;
            return Slug(
                string.Create(
                    CultureInfo.InvariantCulture, $"{machine.Processor} {EnvironmentProbe.PhysicalCores}core {widest}"));
        }
    }

    private static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (char c in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
                slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }

        return slug.ToString().Trim('-');
    }
}
