using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

public class StreamParityTests
{
    public static TheoryData<string> Files =>
        [.. StreamParity.Files(Goldens.Path("streams")).Select(f => Path.GetRelativePath(Goldens.Path("streams"), f))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_setup_gives_the_expected_values(string file)
    {
        IReadOnlyList<StreamParityResult> results = StreamParity.Run(Goldens.Path(Path.Combine("streams", file)));

        results.ShouldNotBeEmpty();
        string.Join("\n", results.Where(r => !r.Ok).Select(r => $"{r.Setup}, frame {r.Frame}: {r.Difference}")).ShouldBeEmpty();
    }
}
