namespace RfDetr.Tests.House;

/// <summary>The front door's public surface is a file that is reviewed: nothing enters or leaves it by accident.</summary>
public class PublicApiTests
{
    private const string UpdateVariable = "RFDETR_UPDATE_API", Reviewed = "tests/RfDetr.Unit.Tests/House/PublicApi/RfDetr.txt";

    [Fact]
    public void The_front_door_is_as_reviewed()
    {
        string actual = PublicSurface.Of(typeof(Detector).Assembly.GetExportedTypes());
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(Path.Combine(Checkout.Root, Reviewed), actual);

        string reviewed = Checkout.Read(Reviewed).Text;

        string[] now = actual.Split('\n'), then = reviewed.Split('\n');
        string changes = string.Join(
            "\n", then.Except(now).Select(l => "- " + l.Trim()).Concat(now.Except(then).Select(l => "+ " + l.Trim())));
        actual.ShouldBe(
            reviewed,
            $"the public surface differs from {Reviewed}:\n{changes}\nIf that is meant, run this test with "
                + $"{UpdateVariable}=1, review and commit the file.");
    }

    [Fact]
    public void Every_kind_of_member_is_written_down() => PublicSurface.Of([typeof(Planted), typeof(PlantedKind)]).ShouldBe(
        """
        sealed class RfDetr.Tests.House.PublicApiTests.Planted
            IReadOnlyList<string?> Names { get; init; }
            Task<int[]?> Find(string? name = null, int count = 3)
            int Size { get; init; }
            new(int Size)
            static PublicApiTests.Planted Empty { get; }
        enum RfDetr.Tests.House.PublicApiTests.PlantedKind
            One = 0
            Two = 5

        """.ReplaceLineEndings("\n"));

    public sealed record Planted(int Size)
    {
        public static Planted Empty { get; } = new(0);

        public IReadOnlyList<string?> Names { get; init; } = [];

        public Task<int[]?> Find(string? name = null, int count = 3) =>
            Task.FromResult<int[]?>(name is null ? null : [count, Size]);
    }

    public enum PlantedKind
    {
        One,
        Two = 5,
    }
}
